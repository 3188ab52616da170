"""What several words say together: "what time is it", «никто не подтвердил», "is anyone in"."""

from __future__ import annotations

import re

from agent.offline.sentence import Sentence

ACKED = r"(?:подтвержд\w*|подтвердил\w*|квитир\w*|сквитир\w*|принят\w*|принял\w*|обработ\w*|acknowledged|acked|confirmed|accepted|handled)"
TAKING: list[tuple[str, str]] = [
    ("HELLO", r"(?:добр\w+|доброго) (?:утр\w+|день|дня|вечер\w*|ноч\w+|времени суток)|good (?:morning|afternoon|evening|day|night)"),
    ("HELLO", r"здравия желаю|как (?:твои |ваши )?дела$|как (?:ты|жизнь)$|how are you(?: doing)?(?: today)?|what is up|(?:hi|hello|hey) there"),
    ("TIME", r"котор\w+ (?:сейчас |теперь |там |у вас )?час\w*|скол?ько (?:сейчас |там |теперь )?(?:времени|время|натикало)(?! (?:до|после|занимает))"
             r"|время (?:в здании|в доме|на часах|местное)|местное время|what (?:is )?(?:the )?(?:local |current |house )?time(?: is it)?(?: now)?"
             r"|what time (?:do you have|have you got)|current (?:local )?time|(?:the )?time (?:is it|now)|what(?: is)?(?: the)? date(?: is it)?"
             r"|what day(?: of the week)? is (?:it|today)|како\w+ (?:сегодня |сейчас )(?:день(?: недели)?|число|дата)|како\w+ (?:день недели|дата) (?:сегодня|сейчас)?"
             r"|сегодня какое число|время (?:сейчас )?(?:сколько|какое)|часы какие|какое (?:сейчас |там )?время|tell me the time"),
    ("ME", r"кто я(?: тут| здесь| такой| такая| в системе| для тебя)?(?= |$)|who am i(?: logged in as| here| signed in as)?|под кем я\w*|мо(?:и|я|ю) (?:прав\w+|рол\w+|учетк\w+|аккаунт\w*|доступ\w*)"
           r"|(?:какие|какая|какой) (?:у меня|мои|моя) (?:прав\w+|рол\w+|доступ\w*|полномочи\w+)|что мне (?:можно|доступно|разрешено)|(?:my|which|what) (?:are my |is my )?(?:access )?(?:rights|role|roles|permissions|account|access)"
           r"|what (?:can i|am i allowed to) (?:see|access|do here)|as whom am i|меня (?:зовут|знаешь)|кем я (?:вошел|вошла|залогинен\w*|авторизован\w*)|am i logged in"),
    ("HELP", r"что (?:же |вообще |еще )?(?:ты |вы )?(?:вообще |тут |еще )?(?:умее\w+|можешь|можете)(?: делать)?|чем (?:ты )?(?:можешь |мож\w+ )?(?:помочь|полезен|поможешь)|как (?:с )?(?:тобой|тебя|этим|вами|ботом) (?:пользова\w+|работа\w+|говорить|общаться)"
             r"|что (?:у тебя |тебя |тут |я )?(?:можно |могу )(?:у тебя )?(?:спросить|спрашивать|узнать)|what (?:else )?(?:can|could|do) (?:you|i) (?:do|ask|help|help with|help me with|know|ask you)|how (?:do|can) (?:i|you) (?:use|work|help)(?: you| this| me)?"
             r"|(?:show|give) me (?:some )?(?:help|examples)|какие (?:есть |у тебя )?(?:команды|возможности|функции)|кто ты|ты кто|who are you|what are you|как тебя зовут|what is your name|примеры (?:вопросов|запросов)|не знаю что спросить"),
    ("SCOPE", r"на улице|за окном|снаружи здания|outside|outdoors|расскажи (?:что-нибудь |мне )?(?:смешное|историю|интересное|сказку)|сколько будет|what is the meaning of|how old are you|ты человек|are you human"),
    ("ANYBODY", r"(?:есть|остал\w+|находится|сидит) (?:ли )?(?:там |сейчас |еще )?(?:кто|кто-то|люди|народ|человек)|кто (?:сейчас )?(?:есть|остался|внутри)(?= |$)|(?:есть|остались) ли люди"
                r"|(?:is|are) (?:there )?(?:anyone|anybody|someone|somebody|any people|people)(?: (?:in|inside|there|still))?|кого[- ]нибудь|кто[- ]нибудь|кто[- ]нить|кто[- ]то(?= |$)"
                r"|(?:сколько|скока) (?:сейчас |там )?(?:народу|людей|человек|чел) (?:сейчас |сидит |находится |там )?(?:в|на)(?= )|how many people (?:are )?(?:in|on|inside|there)|people (?:in|inside)(?= |$)|пуст\w* ли|никого нет|is (?:it )?(?:room )?\w* ?empty(?= |$)"),
    ("WHEN", r"во сколько|в котором часу|(?:at )?what time did|с каких пор|как давно|since when|how long ago"),
    ("LEASE_UNTIL", r"(?:сколько|долго(?: ли)?|как долго|скоко) (?:еще|ещё|там еще)(?= (?:будет|будут|пробуд|просид|сидеть|сид))|how much longer|на сколько лет|до (?:какого|какой|каких|скольки)(?: числа| времени| срока| месяца| года| даты| дня| пор)?(?! (?:температур|доход|значен|уровн))|на какой срок|по какое(?: число)?|until when|till when|how long(?= (?:does|do|is|has|have|will|are|can))|(?:up )?to what date|до когда"),
    ("SILENT", r"не (?:отвеча\w+|присыл\w+|переда\w+|шл\w+|отчитыва\w+|вышел на связь|выход\w+ на связь)|не на связи|нет (?:данных|связи|сигнала|показаний)|без (?:связи|данных)|потеря\w+ связ\w+|перестал\w* (?:передавать|слать|отвечать|присылать)"
               r"|not (?:reporting|responding|sending|communicating|answering)|no (?:data|signal|readings|connection)|stopped (?:reporting|sending|responding)|went (?:silent|dark|offline)|gone (?:silent|quiet|offline)|lost (?:contact|connection|signal)|out of contact|давно (?:молчат|нет данных)"),
    ("FAULT", r"не (?:работа\w+|исправ\w+|пашут?|фурыч\w+|функционир\w+|в порядке)|вы(?:шел|шли|шло|шла) из строя|out of (?:order|service)|not work\w*|do(?:es)? not work|на последнем издыхании|требу\w+ (?:ремонт\w*|замен\w*)|need\w* (?:repair|replacement)"),
    ("UNACKED", rf"(?:никто|никем|еще|пока|до сих пор) (?:еще |пока |так )?не (?:был\w* |еще )?{ACKED}|не (?:был\w* |еще |пока )?(?:подтвержден\w*|квитирован\w*|сквитирован\w*|принят\w*|обработан\w*)(?= |$)|без (?:подтверждени\w*|квитировани\w*)|жд\w+ (?:подтверждени\w*|квитировани\w*|реакци\w*)"
                rf"|(?:not|never|nobody|no one|un) (?:yet |been |has |have |yet been )*{ACKED}|(?:awaiting|without|needs?|waiting for|pending) (?:an |any )?(?:acknowledg\w*|confirmation|attention)|требу\w+ (?:подтверждени\w*|внимани\w*)"),
    ("OFTEN", r"сколько раз|how many times|how often|как часто|чаще всего|most often|most frequently|чаще других"),
    ("STUFFY", r"нечем дышать|качеств\w+ воздуха|air quality|bad air|worst air|stale air|the air worst|дышать нечем|как (?:там )?дышится|тяжело дышать|спертый воздух|bad ventilation|poorly ventilated|fresh air|свежий воздух"),
    ("CO2_WORD", r"углекисл\w+(?: газ\w*)?|двуокис\w+ углерода|диоксид\w* углерода|carbon dioxide"),
    ("CONTACT", r"номер(?:ок)? телефона|phone number|как (?:мне )?(?:с ними |с ней |с ним )?(?:связаться|дозвониться|найти контакты)|get in touch(?: with)?|кому (?:там )?(?:звонить|писать)|к кому (?:там )?(?:обра\w+)|e mail|contact (?:person|details|info\w*)|контактн\w+ (?:лицо|данные|информаци\w+)|кто (?:там |у них )?(?:представител\w+|контактн\w+ лиц\w+)"),
    ("ENDING", r"runs? out|running out|run out|coming to an end|come to an end|up for renewal|moves? out|moving out|move out|подход\w+ к концу|подлежат продлению"),
    ("TO_RENT", r"for rent|to let|to rent|for lease|available to rent|под аренду|сда(?:ется|ются|ете)|можно (?:снять|арендовать)|в аренду"),
    ("SMALLTALK", r"ну как(?: там)?(?= |$)|чё как|как там(?= (?:у нас)?$)|что нового|what is new|any news|how is it going|how are things"),
    ("ALLRIGHT", r"вс[её] (?:ли )?(?:в порядке|нормально|хорошо|ок|спокойно|тихо|путем|штатно)|порядок\?|is everything (?:ok|okay|fine|alright|all right)|everything (?:ok|okay|fine|alright|all right)|all (?:good|quiet|clear|ok)|anything wrong|any problems|есть ли проблемы|что не так|what is wrong|all right"),
    ("HAPPEN", r"what is going on|going on|что (?:там |тут )?(?:творится|делается|стряслось)|что слышно"),
]  # fmt: skip
HINTS: list[tuple[str, str]] = [
    ("COUNT", r"how (?:many|much)|number of"),
    ("HOWTO", r"как (?:мне |нам |же |правильно )?(?:подтвердить|квитировать|сквитировать|принять|расторгнуть|завершить|заселить|переименовать|разместить)|how (?:do|can|should|to) .{0,12}(?:acknowledge|ack|confirm|end|terminate|rename|place|move)"),
    ("DENIED", r"(?:не|нельзя|незачем|рано) (?:надо |нужно |стоит |будем |буду |пока |еще |хочу |думаю |могу |его |ее |эту |этот |их |это |бы )*"
               r"(?:подтвержда\w+|подтверди\w*|квитир\w+|сквитир\w+|прин(?:има|я|ять)\w*|расторга\w+|расторгн\w+|закрыва\w+|заселя\w+|засели\w*|переименов\w+|завершать|завершай\w*|размеща\w+|трогай\w*|меняй\w*|выселя\w+|прекраща\w+|снима(?:й|ть)\w*|сбрасыва\w+|отмеча\w+)"
               r"|(?:do not|don t|dont|never|please not|not to|stop|without|should not|must not|not) (?:you )?(?:ever |yet |please |want to |want you to |need to )?(?:acknowledge|acknowledging|ack|confirm|confirming|accept|accepting|end|ending|terminate|terminating|rename|place|move|close|cancel|clear|mark|evict|put|assign|touch|change)(?= |$)"),
    ("ASKED", r"\b(?:ли|разве|неужели)\b|^(?:was|were|did|does|is|are|has|have|had|who|when|why|what|which|where|should|do|am|whose|how)\b|\b(?:кто|когда|почему|зачем|кем|чем|сколько|какие|какую|какая|какой|каких|который)\b|(?:можно|нужно|надо|стоит|должен|следует|обязан\w*) ли"),
]  # fmt: skip
_TAKING = [(concept, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])")) for concept, pattern in TAKING]
_HINTS = [(concept, re.compile(rf"(?<![\w-])(?:{pattern})")) for concept, pattern in HINTS]


def phrases(sentence: Sentence) -> frozenset[str]:
    """What is said by several words; those words are taken."""
    text, starts = _joined(sentence)
    found: set[str] = set()
    for concept, pattern in _HINTS:
        if pattern.search(text):
            found.add(concept)
    for concept, pattern in _TAKING:
        for match in pattern.finditer(text):
            inside = [at for at, start in enumerate(starts) if match.start() <= start < match.end()]
            if inside and all(sentence.free(at) for at in inside):
                found.add(concept)
                sentence.take(inside[0], inside[-1] + 1, concept)
    return frozenset(found)


def _joined(sentence: Sentence) -> tuple[str, list[int]]:
    starts, text = [], ""
    for at in range(len(sentence)):
        starts.append(len(text))
        text += (sentence.word(at) or "_") + " "
    return text.rstrip(), starts
