"""The lexicon: which word stems of both languages speak of what. A star stands for any ending."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "TEMPERATURE": "температур* темпер* темп темпа градус* тепл* потепле* теплынь жарк* жарч* жара жару жары жаре жарит жарища пекло"
    " холод* похолод* прохлад* мерзн* мерзну* замерз* мороз* дубак перегре* нагре* остыл* греет топят отоплен*"
    " temp temps temperature* degree* celsius hot hotter hottest warm* cold* cool cooler coolest heat* freez* chilly overheat*",
    "HUMIDITY": "влажн* влага влагу влаги сыро сырост* сыре* сухо сухая сухой сухую сухое сухость суше humid* moist* damp* dry"
    " dryer drier driest dryness",
    "CO2": "co2 со2 цо2 сo2 углекис* углерод* двуокис* душн* духот* спертый спертого спертая сперт* дыш* дыха* воздух*"
    " проветр* затхл* кислород* надыш* co2-* carbon dioxide stuff* air airless ventilated ventilation ppm breath* airflow",
    "MOTION": "движени* движух* шевел* motion movement moving presence",
    "OCCUPANCY": "присутств* людно посетител* occupancy occupied people-count",
    "DOOR": "двер* калитк* ворот* окно окна окон окне door* gate gates window*",
    "LEAK": "протеч* протек* потоп* затоп* подтоп* подтек* течь течи течет льет капает вода воды воду водой лужа лужи утечк* leak*"
    " flood* water*",
    "SMOKE": "дым* задымл* пожар* гарь гарью smok* fire*",
    "POWER": "электр* энерг* мощност* потребл* ватт* киловатт* квт нагрузк* power electric* energy consum* watt* kw kwh load",
    "LIGHT": "свет света свете светом светло светит светят светлее освещ* люкс* ламп* темно темнее light* lux lamp* bright*"
    " dark* illumin*",
    "NOISE": "шум* громк* громче тишин* тише децибел* дб nois* loud* sound* decibel* quiet* db",
    "VALVE": "клапан* заслонк* вентиляц* valve* damper*",
}

MAX_WORDS = "тепл* жарк* жарч* жара жару жарит жарища пекло потепле* перегре* нагре* hot hotter hottest warm* heat* overheat*"
MIN_WORDS = "холод* похолод* прохлад* мерзн* замерз* мороз* дубак остыл* cold* cool* freez* chilly"

CONCEPTS: dict[str, str] = {
    # how a reading leans
    "HIGH_SIDE": MAX_WORDS + " душн* духот* спертый сперт* затхл* stuff* airless влажнее влажно сыро сырост* сыре* damp* humid"
    " громк* громче шумн* шумно loud* noisy noisi* светлее bright* людно",
    "LOW_SIDE": MIN_WORDS + " сухо сухая сухой сухую сухое сухость суше dry dryer drier driest dryness свеж* свежее fresh*"
    " тише тишин* quiet* темнее темно dark* кислород*",
    "STUFFY": "душн* духот* спертый сперт* затхл* дыш* дыха* надыш* stuff* airless breath*",
    "AIR": "воздух* air",
    "DOOR_OPEN": "открыт* настеж* распахн* open opened",
    "DOOR_SHUT": "закрыт* заперт* shut closed locked",
    # alarms
    "ALARM": "тревог* трев* тревож* аларм* алярм* алерт* авари* аварк* сработк* сработа* срабат* срабаты* сигнализ* сигнал* инцидент*"
    " чп пищ* орет орут воет звен* трезвон* происшеств* предупрежд* alarm* alert* incident* alarming warning* trigger* tripped beep*",
    "BURNING": "горит горят burning ringing",
    "HAPPEN": "случ* произош* происход* стряс* творит* творил* happen* occur* occurred wrong",
    "STATE": "микроклимат* климат* атмосфер* обстановк* состояни* статус* ситуац* порядок порядке нормально спокойно тихо ok okay status situation state fine quiet",
    "PROBLEM": "проблем* неполадк* беспоко* аварийн* problem* trouble* issue* worrying",
    "SITREP": "сводк* отчет* обзор* summary overview report digest",
    "CRITICAL": "критич* critical крит",
    "URGENT": "срочн* экстренн* неотложн* важн* серьезн* опасн* urgent* emergenc* serious severe important major",
    "HIGH": "высок* повышен* high",
    "MEDIUM": "medium",
    "LOW": "низк* низш* пониженн* low minor",
    "PRIORITY": "приоритет* важност* уров* критичност* срочност* priorit* severity",
    "UNACKED": "unacknowledg* неподтвержд* непринят* неквитир* некв* необработ* неотработ* незакрыт* unack* unconfirmed pending outstanding"
    " unaccepted unhandled unattended",
    "ACTIVE": "активн* текущ* действующ* сейчас висит висят висящ* active current* ongoing now live",
    "FINISHED": "закрыт* завершенн* прошедш* вернул* снят* closed cleared resolved returned",
    "FIRE": "пожар* fire*",
    "SECURITY": "охран* безопасност* взлом* проник* вторж* security intrusion* burglar*",
    "EQUIPMENT": "оборудован* equipment",
    "OFTEN": "часто чаще чащ* often frequent* frequently",
    "RULE": "правил* порог* уставк* rule rules threshold* setpoint* limit limits",
    # acknowledging and other writes
    "ACK_DO": "подтверди подтвердите подтвердить подтверждаю подтверждаем подтвердим подтвердика потверди потвердить прими примите"
    " принять принимаю принимай квитируй квитируйте квитировать квитирую сквитируй сквитируйте сквитировать сквитирую заквитируй"
    " заквитировать заквитируйте квитни ack acknowledge acknowlege acknowledg confirm accept",
    "ACK_DONE": "подтвержден* подтвердил* подтверждал* подтверждени* подтверждать подтверждай подтверждайте принял* принят* принимал* "
    " квитирован* сквитирован* квитировал* сквитировал* acknowledged acked confirmed accepted acknowledgement acknowledging",
    "CLEAR_DO": "сними снимите снять сбрось сбросьте сбросить погаси погасить заглуши заглушить закрой закройте закрыть clear dismiss"
    " silence mute",
    "MARK_DO": "отметь отметьте отметить пометь пометьте пометить mark",
    "END_DO": "расторгни расторгните расторгнуть расторгаем прекрати прекратите прекратить заверши завершите завершить закрой закройте"
    " закрыть закончи закончить аннулируй аннулировать высели выселите выселить выселяем end terminate cancel close evict",
    "PLACE_DO": "засели заселите заселить заселяем посели поселите поселить размести разместите разместить всели вселите вселить"
    " помести поместить посади посадите посадить сдай сдайте сдать пересели переселить подсели place put move settle accommodate"
    " assign allocate",
    "RENAME_DO": "переименуй переименуйте переименовать переименуем назови назовите назвать rename call",
    "SET_DO": "поставь поставьте установи установите измени измените изменить поменяй поменять смени сменить сделай сделайте укажи"
    " укажите запиши пропиши задай change make update",
    "NOTE": "комментари* коментари* комент* коммент* примечани* заметк* пометк* пометкой припиш* напиши напишите допиши приписк*"
    " note comment* remark saying",
    "TELL": "скажи скажите сообщи сообщите доложи say",
    # tenancy
    "RENT": "аренд* арнед* снима* снял* сняли снять сидеть съемн* located situated располож* располага* сдан* сдае* сдают обита* квартир* занима* занят* занял* сидит сидят сидел* сижу размещ*"
    " числ* числит* принадлеж* хозяин* хозяй* владел* владе* расположил* въеха* живет живут жил жили находится находятся базир* rent rents"
    " rented renting rental occup* sit sits sitting belong* owner owns own lease leases leased leasing live lives living hous* based",
    "RENT_STRICT": "арендует* арендов* аренду* снима* снял* сняли снять rent* leas* tenant",
    "LASTED": "длил* длит* длин* продолжал* продлил* lasted last_for duration lasting",
    "TENANT": "арендатор* аренатор* арендодат* съемщик* жилец жильц* фирм* компани* организац* контор* клиент* tenant* company"
    " companies firm* occupant* renter* lessee* business",
    "LEASE": "договор* догвор* контракт* соглашен* лизинг* lease leases contract* agreement* tenancy tenancies",
    "LEASE_TERM": "срок* сроки term terms",
    "ENDING": "заканч* законч* конча* конч* истек* истеч* оконч* оканч* заверш* съезжа* съед* съех* выезжа* выед* выех*"
    " освобод* expir* expiration ending ends runs running terminat* leave leaves leaving moves vacate*",
    "END_VERB": "end ends ended finish finishes finished stop stops over",
    "CONTACT": "контакт* телефон* тел почт* мейл* имейл* емейл* email* mail связ* связат* свяж* позвон* дозвон* обращ* обратит* набрать"
    " представител* phone* telephone* contact* reach call calling number-of",
    "PAY": "плат* оплат* ставк* стоимост* стоит цена цену price* pays pay paying cost costs rate",
    "FREE": "свобод* пуст пуста пусто пуст* незанят* вакант* вакан* несдан* vacant vacanc* free available empty unoccupied unlet unrented"
    " unused",
    "SEEK": "нуж* нужен нужна нужно подбер* подобр* подыщ* найд* найти ищ* ищем ищу хочу хотим требует* need needs looking find want"
    " search",
    "AREA": "площад* метр* метраж* квадрат* квадратур* м2 кв квм sqm m2 square area areas metre* meter* size large larger largest big"
    " bigger biggest small smaller smallest больш* маленьк* простор* тесн* крупн* huge tiny",
    "CAPACITY": "вместим* вмест* влез* влеза* мест места местн* помест* рассчитан* capacity seat* fit fits accommodates",
    "PEOPLE": "человек* людей люди чел персон* сотрудник* people person* persons pax staff employees heads",
    # things
    "SENSOR": "датчик* датчк* сенсор* прибор* счетчик* термометр* устройств* извещател* детектор* sensor* detector* device* thermometer*"
    " probe* gauge*",
    "READING": "показан* показател* показыва* значени* данн* reading* value* measure* data shows",
    "SILENT": "молч* замолч* офлайн* оффлайн* offline silent stale unresponsive",
    "LOST": "отвал* отвалил* зависл* висн* глюч* барахл* dead lost disconnected",
    "FAULT": "неисправн* сломан* сломал* слома* полом* бит* битые вышел вышли faulty fault* broken defect* malfunction* bad",
    "WORKS": "работа* отвеча* функционир* присыла* переда* исправн* работают report reports reporting respond* work works working"
    " send sending",
    "ROOM": "комнат* комант* комнт* помещен* помещ* кабинет* каб офис* аудитор* пространств* room* rm office* space* unit units место"
    " premises suite* cabinet*",
    "FLOOR": "этаж* этж* эт floor* flor storey* story level* fl",
    "BUILDING": "здани* зданий дом доме дома бизнес-центр* бц объект* корпус* building* house site premises",
    # what is asked
    "COUNT": "сколько скольк* скока скок количеств* числ* посчита* подсчита* подсчет* сосчита* count counts total amount",
    "WHO": "кто кем кому ком кого чей чья чье чьи чьего чьей чью who whose whom whos",
    "WHERE": "где куда откуда where whereabouts",
    "WHEN": "когда when until till",
    "WHICH": "какой какая какое какие каком какую каких каким какими какого какому какова каков каковы который которая"
    " которые которых котором которой which what",
    "WHY": "почему зачем отчего why",
    "HOW": "как how",
    "LIST": "покаж* показат* перечисл* список списк* перечен* выведи выдай дай дайте дать list* show shows display give tell enumerate"
    " print",
    "ABOUT": "расскажи расскажите рассказать опиши подробн* информац* инф* инфо about details info information describe detail",
    "MEAN": "средн* усредн* среднесут* average avg mean typical* averaged",
    "MAXIMUM": "максим* макс наибольш* пик* пиков* рекорд* доходил* поднимал* подскак* поднял* топ max maximum maximal peak* highest"
    " top most hottest warmest stuffiest loudest noisiest brightest largest biggest worst wettest busiest",
    "MINIMUM": "миним* мин наименьш* опускал* падал* снижал* просел* min minimum minimal lowest least coldest coolest driest quietest"
    " darkest smallest freshest bottom",
    "SUPERLATIVE": "самый самая самое самые самую самом самой самых наиболее всего most",
    "MORE": "выше больше более свыше превыша* превыси* превысил* above over exceed* exceeding higher greater hotter warmer",
    "LESS": "ниже меньше менее under below less lower fewer colder cooler",
    "TREND": "динамик* график* истори* историю тренд* менял* меня* менялась изменял* измен* изменил* ход колеб* растет растут рос росла"
    " росло вырос* падает падают снижается тенденц* вел* trend* history histor* chart* graph* changed changing changes dynamics"
    " plot rising falling evol* over-time curve fluctuat* develop* vary varied",
    "LAST": "последн* свеж* крайн* недавн* новейш* latest last recent newest",
    "ALL": "все всех всем всеми all every each everything",
    "PAST": "был была было были бывал* случал* случил* случилось произошл* срабатывал* сработал* происходил* начал* нача* was were did"
    " had went been have has gone fired triggered occurred happened began started",
    "EXCEPT": "кроме исключая помимо except besides excluding",
    "NOT": "не без not no without never",
    "NO_NEED": "отмена отбой стоп отставить cancel nevermind",
    "MAY": "можно можешь можете мог могли могу можем can could would will may",
    "SHOULD": "надо нужно следует стоит должен обязат* should must need",
    "PLEASE": "пожалуйста плиз плз прошу просьба будь будьте добр добры please pls kindly",
    "ANYBODY": "кто-нибудь кто-то кто-либо ктонибудь ктото кто-нить anyone anybody someone somebody",
    "PRONOUN": "нем ней них него нее там здесь тут этой этом этого этот эта эту этих ее его их ему им ими ей неё она он они it its that"
    " this there they their them those these his her",
    "EVENT": "событи* журнал* event events log",
    "USER": "пользовател* диспетчер* дежурн* сотрудник* user users dispatcher* operator*",
    # dates and times: read by dates.py, known here so that they are no names
    "DATE": "сегодня сегодняшн* вчера вчераш* позавчера завтра завтраш* послезавтра утр* утра утром вечер* ноч* ночью днем день дня дне дни"
    " дней дням днями суток сутки сутках сутки недел* месяц* квартал* год года году годом лет часа час часов часу часам часик* минут* мин"
    " секунд* полчаса полгода полдень полдня полночь обед* обеда январ* феврал* март марта марте марту апрел* май мая мае июн* июл* август*"
    " сентябр* октябр* ноябр* декабр* понедельник* вторник* среда среду среды среде четверг* пятниц* суббот* воскресен* выходн* будн* число"
    " числа числу числе прошл* предыдущ* следующ* ближайш* будущ* нынешн* начал* начала конец конца концу конце скоро вскоре назад"
    " течение период* смен* смену недавно время времени раз раза разу today yesterday tomorrow tonight morning afternoon evening night"
    " nights day days week* month* quarter* year* hour* minute* min mins ago since january february march april june july august"
    " september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday* tuesday* wednesday* thursday* friday*"
    " saturday* sunday* mon tue tues wed thu thur thurs fri sat sun weekend* past previous next coming upcoming soon beginning start"
    " begin noon midnight am pm period recently shift overnight during time times polden date dates",
}

ROOM_KINDS: dict[str, str] = {
    "OFFICE": "офис* office*",
    "MEETING": "переговор* переговорк* конференц* совещан* meeting* conference*",
    "CORRIDOR": "коридор* corridor* hallway*",
    "LOBBY": "холл* вестибюл* лобби lobby foyer hall halls",
    "STAIRS": "лестниц* лестничн* stair*",
    "LIFT": "лифт* lift* elevator*",
    "TOILET": "туалет* санузел санузл* уборн* сортир* wc toilet* restroom* bathroom* washroom*",
    "KITCHEN": "кухн* kitchen*",
    "STORAGE": "склад* кладов* кладовк* подсобк* storage* warehouse* storeroom* stockroom*",
    "TECHNICAL": "щитов* техпомещ* техническ* венткамер* бойлерн* котельн* technical plant",
    "SERVER": "серверн* серверк* server*",
    "RETAIL": "магазин* торгов* кафе retail shop* store stores cafe",
    "PARKING": "парков* паркинг* гараж* parking garage*",
    "LIVING": "жилая жилые жилое спальн* гостин* bedroom* livingroom",
}

FLOOR_NAMES: dict[str, str] = {
    "BASEMENT": "подвал* цокол* подземн* basement cellar underground",
    "ROOF": "крыш* чердак* кровл* мансард* roof* attic penthouse",
    "GROUND": "ground",
    "TOP": "верхн* верхнем top topmost",
}

CHAT: dict[str, str] = {
    "HELLO": "привет* здравств* здрасте здрасьте здорово хай салют алло алле доброе добрый доброго hello hi hey greetings yo hiya howdy",
    "THANKS": "спасиб* благодар* спс пасиб* мерси thank* thx cheers ty",
    "BYE": "пока досвидания прощай* бывай увидимся bye goodbye",
    "HELP": "помощь помоги помогите помощи справк* умее* умеешь умеете help",
    "YES": "да ага угу ок окей хорошо ладно понятно ясно отлично супер yes yeah yep sure great good nice cool-thanks",
    "SCOPE": "won cup championship olympic* чемпион* выиграл* погод* погоду анекдот* шутк* пошути новост* курс доллар* евро биткоин* футбол* матч* рецепт* гороскоп* фильм* музык* песн*"
    " стих* сказк* президент* пробк* переведи перевод столиц* такси пиццу пицца кофе weather joke* news football soccer recipe* movie*"
    " song* music poem* stock bitcoin president horoscope translate capital pizza taxi coffee game weather-forecast forecast rain"
    " дожд* снег* wiki* google гугл* youtube",
}

STOP = (
    "и а но или да же ли бы б в во на с со у к ко о об обо от до по за из изо под над при про для через между около после перед вокруг"
    " то что чтобы чего чему чем ничего нибудь либо уж уже еще вот ну чо че чё чот типа короче блин слушай слушайте смотри ка давай"
    " давайте а-ну эй мне меня мной нам нас нами вам вас ты вы я мы тебе тебя вами твой ваш наш наша наше наши нашем нашей наших нашего"
    " свой себя есть имеется имеются бывает будет будут быть нет ни так тоже также только лишь просто вообще именно примерно где-то где-нибудь"
    " что-то что-нибудь чего-нибудь чего-то какой-то какие-то какие-нибудь какая-нибудь когда-нибудь как-то кое-что куда-нибудь каких-нибудь"
    " хоть хотя сколько-нибудь если тогда когда-то пор сих той тот та те тех том тому тем теми хочется можно-ли нельзя весь вся всю всей всего"
    " надо бы-ло подскажи подскажите скажи-ка скажи-пожалуйста узнать знать знаешь знаете интересно интересует интересуют посмотри"
    " посмотреть гляди глянь гляньте проверь проверьте проверить выясни уточни уточните назовите-ка ответь поясни вывод нынче теперь"
    " сегодняшнем сию момент моменту данный минуту целом общем итого пока никто никого никому нигде никаких никакие никакой ничто пожалуй"
    " кстати видимо вроде похоже случаем случайно вдруг правда верно точно реально внутри снаружи стоит стоят стоял висят установлен* числе"
    " штук штуки вид виду вида видов тип типа типу типам видам разрез* разбивк* обстоят обстоит дела дело делах дел первые первых"
    " стало стал стала стали станет идет идут держ* держится составля* достига* уровень уровня уровню уровне уровней концентрац* concentration"
    " level levels the a an of in on at to for from by with is are be am do does i me my we our us you your he she and or but so if as than"
    " then any some anything something there's just only also too very really quite please-tell right still yet already up down out off into"
    " onto between through per via around about-the got get gets go going let look check see know want-to like would-like ok-so hey-what"
    " much many long far often-do kind kinds type types sort first ones one's thing things someone's were-there been-any nothing none"
    " anywhere somewhere everywhere nowhere here these-days which's much-is who's building's our-building tell-me give-me again moment"
    " currently exactly roughly approximately overall breakdown split across within both either another other same said"
    " всему всею новый нового новом новые новых новая новое новую so-so так-то чуть немного очень сильно слишком довольно самого самому наверное наверно можете-ли ж эт это этo тама тут-то алё ало господа"
    " коллеги коллега друг дружище шеф начальник марков маркофф markoff бот bot assistant ассистент помощник"
)
