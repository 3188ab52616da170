"""What the doctor says: what is wrong and how to mend it; code → English, Russian."""

SENTENCES = {
    "doctor.setting": ("setting {told}", "настройка {told}"),
    "doctor.trouble": ("there is this: {told}", "вот что не так: {told}"),
    "doctor.settings": ("nothing is wrong with them.", "всё в порядке."),
    "doctor.no_database": (
        "nobody says where it is. Set DATABASE_URL, or give --data with the folder of a house at work.",
        "не сказано, где она. Задайте DATABASE_URL или укажите --data с папкой работающего дома.",
    ),
    "doctor.database": ("PostgreSQL {server} answers.", "отвечает PostgreSQL версии {server}."),
    "doctor.no_tables": (
        "it is empty. Make the tables: markoff db upgrade.",
        "она пуста. Создайте таблицы: markoff db upgrade.",
    ),
    "doctor.other_tables": (
        "its tables have revision {current}, this version needs {wanted}. Run markoff db upgrade, or the newer Markoff.",
        "ревизия таблиц — {current}, а этой версии нужна {wanted}. Выполните markoff db upgrade или запустите "
        "более новую версию.",
    ),
    "doctor.skew": (
        "the clock of {where} differs from this machine's by {seconds} s. Let all machines follow one time server "
        "(systemd-timesyncd, chrony).",
        "часы {where} расходятся с часами этой машины на {seconds} с. Пусть все машины сверяются с одним сервером "
        "времени (systemd-timesyncd, chrony).",
    ),
    "doctor.connections_used": (
        "{used} of {most} connections are in use. Raise max_connections, put PgBouncer in front, or lower "
        "MARKOFF_READERS.",
        "занято соединений: {used} из {most}. Увеличьте max_connections, поставьте перед базой PgBouncer или уменьшите "
        "MARKOFF_READERS.",
    ),
    "doctor.connections_wanted": (
        "{workers} processes of the api may take {wanted} connections, the server has {most}. Raise max_connections, "
        "or lower MARKOFF_READERS.",
        "процессы api ({workers}) могут занять соединений: {wanted}, а у сервера их {most}. Увеличьте max_connections "
        "или уменьшите MARKOFF_READERS.",
    ),
    "doctor.disk": (
        "{free} GiB are free where {folder} is. Free some space, keep readings for a shorter time (MARKOFF_KEEP_READINGS).",
        "там, где {folder}, свободно {free} ГиБ. Освободите место или храните показания меньше (MARKOFF_KEEP_READINGS).",
    ),
    "doctor.disk_well": ("{free} GiB are free.", "свободно {free} ГиБ."),
    "doctor.no_api": (
        "does not answer at {address} ({reason}). Is it started (markoff up, markoff serve)? Its log tells why it ended; "
        "MARKOFF_API_URL says where it is looked for.",
        "по адресу {address} нет ответа ({reason}). Запущен ли он (markoff up, markoff serve)? Почему остановился — в его "
        "журнале; где искать — в MARKOFF_API_URL.",
    ),
    "doctor.not_ready": (
        "it lives, but serves nobody: {reason}. It goes on by itself when that is mended.",
        "работает, но никого не обслуживает: {reason}. Продолжит сам, когда это исправят.",
    ),
    "doctor.api": ("version {version} is ready at {address}.", "версия {version} готова по адресу {address}."),
    "doctor.other_version": (
        "it is version {theirs}, this command is {ours}. Restart it after an upgrade.",
        "его версия — {theirs}, а этой команды — {ours}. Перезапустите его после обновления.",
    ),
    "doctor.no_agent": (
        "does not answer at {address} ({reason}). Is it started (markoff up, markoff agent)? Its log tells why it ended.",
        "по адресу {address} нет ответа ({reason}). Запущен ли он (markoff up, markoff agent)? Почему остановился — в "
        "его журнале.",
    ),
    "doctor.agent": ("answers at {address}.", "отвечает по адресу {address}."),
    "doctor.no_key": (
        "it has no key. Make one (markoff key make) and set MARKOFF_AGENT_KEY.",
        "у него нет ключа. Создайте его (markoff key make) и задайте MARKOFF_AGENT_KEY.",
    ),
    "doctor.bad_key": (
        "the api does not know its key: it can speak for nobody. Make a new one and set MARKOFF_AGENT_KEY in both places.",
        "api не знает его ключа: говорить за людей он не сможет. Создайте новый и задайте MARKOFF_AGENT_KEY везде.",
    ),
    "doctor.key": ("its key is good.", "его ключ годится."),
    "doctor.offline": (
        "none is set: the offline one answers (MARKOFF_MODEL_URL).",
        "не задана: отвечает встроенная (MARKOFF_MODEL_URL).",
    ),
    "doctor.no_model": (
        "does not answer at {address} ({reason}); meanwhile the offline one answers. Is vLLM started, is the address "
        "right (it ends with /v1)?",
        "по адресу {address} нет ответа ({reason}); пока отвечает встроенная. Запущен ли vLLM, верен ли адрес (он "
        "кончается на /v1)?",
    ),
    "doctor.other_model": (
        "there is none called {name}, but: {known}. Set MARKOFF_MODEL_NAME, or vLLM's --served-model-name.",
        "модели {name} там нет, есть: {known}. Задайте MARKOFF_MODEL_NAME или --served-model-name у vLLM.",
    ),
    "doctor.no_calls": (
        "{name} cannot call tools ({reason}). Start vLLM with --enable-auto-tool-choice and the --tool-call-parser of "
        "this family.",
        "{name} не умеет вызывать инструменты ({reason}). Запустите vLLM с --enable-auto-tool-choice и с "
        "--tool-call-parser для этого семейства.",
    ),
    "doctor.loose": (
        "{name} does not keep to the form of a tool's arguments. Start the server with strict tool arguments "
        "(docs/models.md); until then wrong calls cost a try each.",
        "{name} не соблюдает форму аргументов инструментов. Запустите сервер со строгими аргументами (docs/models.md); "
        "до тех пор каждый неверный вызов стоит попытки.",
    ),
    "doctor.model": (
        "{name} answers and keeps to the form of tools.",
        "{name} отвечает и соблюдает форму инструментов.",
    ),
    "doctor.no_voice": (
        "does not answer at {address} ({reason}). Is it started (markoff up --voice, markoff voice serve)? Does "
        "MARKOFF_VOICE_ALLOW let this machine in?",
        "по адресу {address} нет ответа ({reason}). Запущен ли он (markoff up --voice, markoff voice serve)? Пускает ли "
        "эту машину MARKOFF_VOICE_ALLOW?",
    ),
    "doctor.half_voice": (
        "hears: {hears}; speaks: {speaks}. Its log names the model or program that is missing.",
        "слушает: {hears}; говорит: {speaks}. Какой модели или программы нет — в его журнале.",
    ),
    "doctor.voice": ("{hears} hears, {speaks} speaks.", "слушает {hears}, говорит {speaks}."),
    "doctor.no_telegram": (
        "{address} is not reached ({reason}). Does this machine reach the internet; is a proxy needed (HTTPS_PROXY)?",
        "{address} недоступен ({reason}). Есть ли у машины выход в интернет, не нужен ли посредник (HTTPS_PROXY)?",
    ),
    "doctor.bad_token": (
        "Telegram does not take the bot's token ({reason}). Ask @BotFather for it (/token), set MARKOFF_TELEGRAM_TOKEN.",
        "Telegram не принимает токен бота ({reason}). Спросите его у @BotFather (/token), задайте "
        "MARKOFF_TELEGRAM_TOKEN.",
    ),
    "doctor.telegram": ("@{name} is ours.", "бот @{name} на месте."),
    "doctor.other_webhook": (
        "it sends updates to {theirs}, we wait at {ours}. Restart markoff telegram; is another house using this bot?",
        "обновления идут на {theirs}, а ждём мы их на {ours}. Перезапустите markoff telegram; не занят ли бот другим "
        "домом?",
    ),
    "doctor.webhook_fails": (
        "it cannot deliver updates: {reason} ({waiting} wait). Is the address reached from outside, is the certificate "
        "good?",
        "обновления не доставляются: {reason} (ждут: {waiting}). Доступен ли адрес снаружи, годен ли сертификат?",
    ),
    "doctor.no_broker": (
        "the broker {address} is not reached ({reason}). Is mosquitto started, is MARKOFF_MQTT_URL right?",
        "брокер {address} недоступен ({reason}). Запущен ли mosquitto, верен ли адрес в MARKOFF_MQTT_URL?",
    ),
    "doctor.broker_refuses": (
        "the broker {address} refuses us: {reason}. Check the name and the password in MARKOFF_MQTT_URL.",
        "брокер {address} нам отказывает: {reason}. Проверьте имя и пароль в MARKOFF_MQTT_URL.",
    ),
    "doctor.broker": ("the broker {address} lets us in.", "брокер {address} нас пускает."),
    "doctor.no_tls": (
        "{address} is not encrypted: passwords and tokens go over the network in the open. Put nginx with a certificate "
        "in front.",
        "{address} без шифрования: пароли и токены идут по сети открыто. Поставьте впереди nginx с сертификатом.",
    ),
    "doctor.bad_certificate": (
        "the certificate of {host} is not trusted: {reason}. Renew it, or give the whole chain.",
        "сертификату {host} нельзя верить: {reason}. Обновите его или отдавайте всю цепочку.",
    ),
    "doctor.certificate_ends": (
        "the certificate of {host} ends in {days} days. Renew it, and look why that does not happen by itself.",
        "сертификат {host} кончается через {days} дн. Обновите его и узнайте, почему это не происходит само.",
    ),
    "doctor.certificate": (
        "the certificate of {host} is good for {days} days.",
        "сертификат {host} годен ещё {days} дн.",
    ),
    "doctor.no_front": (
        "{address} is not reached: {reason}. Is nginx started, does its log name a reason?",
        "{address} недоступен: {reason}. Запущен ли nginx, что в его журнале?",
    ),
    "doctor.open_inside": (
        "{path} is reached from outside at {address}. Let the web server keep it inside (deploy/nginx).",
        "{path} доступен снаружи по адресу {address}. Закройте его на веб-сервере (deploy/nginx).",
    ),
    "doctor.no_sockets": (
        "WebSockets do not pass: {reason}. The web server has to pass Upgrade and Connection on (deploy/nginx).",
        "WebSocket не проходит: {reason}. Веб-сервер должен передавать заголовки Upgrade и Connection (deploy/nginx).",
    ),
    "doctor.sockets": ("WebSockets pass.", "соединения WebSocket проходят."),
    "doctor.no_streams": (
        "event streams do not pass: {reason}.",
        "потоки событий не проходят: {reason}.",
    ),
    "doctor.hoarded": (
        "nothing of an event stream has come in {seconds} s: the web server hoards it. Set proxy_buffering off for "
        "/graphql (deploy/nginx).",
        "из потока событий за {seconds} с ничего не пришло: веб-сервер его копит. Для /graphql нужно proxy_buffering off "
        "(deploy/nginx).",
    ),
    "doctor.streams": ("event streams come at once.", "события приходят сразу."),
    "doctor.no_prometheus": (
        "Prometheus is not reached at {address} ({reason}): nobody would notice a fault. Start it.",
        "по адресу {address} нет Prometheus ({reason}): сбоя никто не заметит. Запустите его.",
    ),
    "doctor.target_down": (
        "Prometheus cannot read {target}: {reason}. Is that part started, is its address in the targets right?",
        "Prometheus не может прочитать {target}: {reason}. Запущена ли эта часть, верен ли адрес в его целях?",
    ),
    "doctor.no_targets": (
        "the Prometheus at {address} watches no api. Give it deploy/prometheus/prometheus.yml.",
        "Prometheus по адресу {address} не наблюдает за самим домом. Дайте ему наш файл настроек: deploy/prometheus/prometheus.yml.",
    ),
    "doctor.prometheus": ("Prometheus reads all of {count} targets.", "читаются все цели Prometheus: {count}."),
    "doctor.no_alertmanager": (
        "Prometheus's Alertmanager does not answer ({reason}): nobody is told of alerts. Start it.",
        "Alertmanager не отвечает ({reason}): о сбоях никто не узнает. Запустите его.",
    ),
    "doctor.nobody_told": (
        "nobody is told of alerts. Say whom to tell: docs/alerts.md, “Who is told”.",
        "о сбоях никому не сообщается. Укажите, кому: docs/alerts.md, «Who is told».",
    ),
    "doctor.told": ("alerts have somebody to go to.", "есть кому сообщать о сбоях."),
    "doctor.no_copies_told": (
        "nobody says where copies are kept. Make them (markoff backup), and set MARKOFF_BACKUP_TO.",
        "не сказано, где хранятся копии. Делайте их (markoff backup) и задайте MARKOFF_BACKUP_TO.",
    ),
    "doctor.no_folder": (
        "the folder for copies {folder} cannot be read: {reason}.",
        "папку с копиями {folder} не прочитать: {reason}.",
    ),
    "doctor.no_copies": (
        "there is no copy in {folder}. Start the service backup, or make one now (markoff backup).",
        "в папке {folder} нет ни одной копии. Запустите службу backup или сделайте копию сейчас (markoff backup).",
    ),
    "doctor.empty_copy": (
        "the newest copy {file} is empty. Look into the log of the service backup; is the disk full?",
        "последняя копия {file} пуста. Посмотрите журнал службы backup; не заполнен ли диск?",
    ),
    "doctor.old_copy": (
        "the newest copy {file} is {days} days old. Is the service backup running?",
        "последней копии {file} уже {days} дн. Работает ли служба backup?",
    ),
    "doctor.copy": (
        "the newest copy {file} ({size} MiB) is {days} days old.",
        "последняя копия: {file} ({size} МиБ, {days} дн.).",
    ),
    "doctor.weak_key": (
        "the key that signs tokens can be guessed. Make a random one (openssl rand -hex 32), set MARKOFF_JWT_KEY, restart; "
        "everybody signs in anew.",
        "ключ, которым подписаны токены, можно угадать. Создайте случайный (openssl rand -hex 32), задайте "
        "MARKOFF_JWT_KEY и перезапустите; всем придётся войти заново.",
    ),
    "doctor.strong_key": ("the key that signs tokens is strong.", "ключ подписи токенов надёжен."),
    "doctor.open_file": (
        "others on this machine may read {file}. Close it: chmod go-rwx.",
        "другие на этой машине могут читать {file}. Закройте: chmod go-rwx.",
    ),
    "doctor.closed": ("only their owner may read the files of secrets.", "файлы секретов читает только владелец."),
    "doctor.demo_password": (
        "{login} (and who else is of the demo) has the password that everybody can read. Change or switch them off before "
        "others reach this house.",
        "у {login} (и у других из демонстрации) пароль, который может прочесть каждый. Смените пароли или отключите этих людей, прежде "
        "чем дом станет доступен другим.",
    ),
    "doctor.open_door": (
        "{name} itself listens to the whole network ({address}). Let it listen to 127.0.0.1 and nginx to the network.",
        "{name} сам открыт всей сети ({address}). Пусть слушает только 127.0.0.1, а сеть — nginx.",
    ),
    "doctor.sum": (
        "Nothing is wrong; worth a look: {doubts}.",
        "Ничего не сломано; стоит взглянуть: {doubts}.",
    ),
    "doctor.sum_wrong": (
        "Wrong: {wrong}; worth a look: {doubts}.",
        "Не в порядке: {wrong}; стоит взглянуть: {doubts}.",
    ),
}
