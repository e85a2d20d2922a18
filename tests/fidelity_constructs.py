"""The constructs of the fidelity table, in both languages; the part before the dot is the section."""

SECTIONS = {
    "start": {"en": "Starts", "ru": "Начало"},
    "end": {"en": "Ends", "ru": "Конец"},
    "gateway": {"en": "Gateways and flows", "ru": "Шлюзы и потоки"},
    "event": {"en": "Events", "ru": "События"},
    "activity": {"en": "Activities", "ru": "Действия"},
    "repeat": {"en": "Repetition", "ru": "Повторение"},
    "undo": {"en": "Compensation and transactions", "ru": "Компенсация и транзакции"},
    "data": {"en": "Data", "ru": "Данные"},
    "text": {"en": "Expressions, scripts, decisions", "ru": "Выражения, скрипты, решения"},
    "vendor": {"en": "What other tools write", "ru": "Что пишут другие программы"},
    "file": {"en": "Files", "ru": "Файлы"},
}


def _both(en: str, ru: str) -> dict[str, str]:
    return {"en": en, "ru": ru}


CONSTRUCTS = {
    "start.implicit": _both(
        "No start event, node without incoming flow", "Нет начального события, узел без входящего потока"
    ),
    "start.receive": _both("Receive task that starts the process", "Получение сообщения, запускающее процесс"),
    "start.event-gateway": _both("Event gateway that starts the process", "Шлюз по событиям, запускающий процесс"),
    "start.parallel-event-gateway": _both(
        "Parallel event gateway that starts the process", "Параллельный шлюз по событиям, запускающий процесс"
    ),
    "start.multiple": _both("Multiple and parallel multiple start event", "Составное и параллельное составное начало"),
    "start.timer": _both("Timer start event", "Запуск по таймеру"),
    "end.implicit": _both(
        "No end event, node without outgoing flow", "Нет конечного события, узел без исходящего потока"
    ),
    "end.error": _both(
        "Error end event, caught at a boundary by its code", "Конец с ошибкой, перехваченной на границе по коду"
    ),
    "end.error-uncaught": _both("Error end event nobody catches", "Конец с ошибкой, которую никто не перехватывает"),
    "end.terminate": _both("Terminate end event", "Завершение всего"),
    "end.message-signal": _both("Message and signal end event", "Конец с сообщением и с сигналом"),
    "gateway.exclusive": _both("Exclusive gateway", "Исключающий шлюз"),
    "gateway.no-way": _both("Exclusive gateway where no flow fits", "Исключающий шлюз, где ни один поток не подходит"),
    "gateway.choice": _both("Gateway whose flows have no conditions", "Шлюз, у потоков которого нет условий"),
    "gateway.default": _both(
        "One flow without a condition beside others with", "Один поток без условия рядом с условными"
    ),
    "gateway.parallel": _both("Parallel gateway", "Параллельный шлюз"),
    "gateway.strict-join": _both(
        "Parallel join that misses a branch", "Параллельное слияние, которому не хватает ветви"
    ),
    "gateway.parallel-loop": _both("Parallel join in a loop", "Параллельное слияние в цикле"),
    "gateway.inclusive": _both("Inclusive gateway", "Неисключающий шлюз"),
    "gateway.inclusive-loop": _both("Inclusive join in a loop", "Неисключающее слияние в цикле"),
    "gateway.complex": _both("Complex gateway", "Сложный шлюз"),
    "gateway.event": _both("Event gateway", "Шлюз по событиям"),
    "gateway.event-receive": _both(
        "Event gateway followed by a receive task", "Шлюз по событиям перед получением сообщения"
    ),
    "gateway.implicit-split": _both("Several flows out of a task", "Несколько потоков из задачи"),
    "gateway.conditional-flow": _both("Conditional flows out of a task", "Условные потоки из задачи"),
    "gateway.flow-without-id": _both("Sequence flow without an id", "Поток без идентификатора"),
    "event.timer": _both("Timer: date, duration, expression", "Таймер: дата, длительность, выражение"),
    "event.timer-cycle": _both("Repeating boundary timer", "Повторяющийся таймер на границе"),
    "event.timer-without-time": _both("Timer without a time", "Таймер без времени"),
    "event.timer-words": _both("Time written in words", "Время, написанное словами"),
    "event.boundary": _both("Boundary event, interrupting or not", "Событие на границе, прерывающее и нет"),
    "event.escalation": _both("Escalation", "Эскалация"),
    "event.conditional": _both("Conditional event", "Событие по условию"),
    "event.sub-process": _both("Event sub-process, interrupting or not", "Событийный подпроцесс, прерывающий и нет"),
    "event.sub-process-error": _both("Event sub-process started by an error", "Событийный подпроцесс по ошибке"),
    "event.link": _both("Link event", "Событие-ссылка"),
    "event.multiple": _both("Multiple boundary event", "Составное событие на границе"),
    "event.parallel-multiple": _both("Parallel multiple boundary event", "Параллельное составное событие на границе"),
    "event.nameless": _both("Message or signal event that names nothing", "Событие без имени сообщения или сигнала"),
    "event.message": _both("Message thrown before anybody waits", "Сообщение, которого ещё никто не ждёт"),
    "event.signal": _both("Signal across instances", "Сигнал между экземплярами"),
    "event.message-flow": _both("Message flow between pools", "Поток сообщений между пулами"),
    "event.computed-name": _both("Message or signal with a computed name", "Сообщение или сигнал с вычисляемым именем"),
    "event.by-reference": _both("Messages, signals, errors by reference", "Сообщения, сигналы, ошибки по ссылке"),
    "activity.service": _both("Service task with an operation", "Сервисная задача с операцией"),
    "activity.foreign": _both("Service task of another system", "Сервисная задача другой системы"),
    "activity.receive": _both("Receive task", "Получение сообщения"),
    "activity.call": _both("Call activity", "Вызов процесса"),
    "activity.call-error": _both("Error of a called process", "Ошибка вызванного процесса"),
    "activity.call-nothing": _both("Call activity of a global task", "Вызов глобальной задачи"),
    "activity.endless": _both(
        "Processes that call one another without end", "Процессы, без конца вызывающие друг друга"
    ),
    "activity.collapsed": _both("Collapsed or empty sub-process", "Свёрнутый или пустой подпроцесс"),
    "activity.no-start": _both("Sub-process without a start event", "Подпроцесс без начального события"),
    "activity.ad-hoc": _both("Ad-hoc sub-process", "Свободный подпроцесс"),
    "activity.ad-hoc-sequential": _both("Ad-hoc sub-process in sequence", "Свободный подпроцесс по очереди"),
    "activity.quantities": _both("Start and completion quantity", "Начальное и конечное количество"),
    "activity.lanes": _both("Lanes", "Дорожки"),
    "activity.empty-pool": _both("Pool with nothing inside", "Пустой пул"),
    "repeat.parallel": _both("Multi-instance, all at once", "Для каждого, все сразу"),
    "repeat.sequential": _both("Multi-instance, one after another", "Для каждого, по очереди"),
    "repeat.completion": _both("Completion condition", "Условие окончания"),
    "repeat.behavior": _both("Behaviors None, One and Complex", "Поведение None, One и Complex"),
    "repeat.loop": _both("Loop marker", "Повтор по условию"),
    "repeat.unbounded": _both("Repetition without a bound", "Повторение без границы"),
    "repeat.missing": _both("Collection that is not there", "Коллекция, которой нет"),
    "undo.throw": _both("Compensation of all that is done", "Компенсация всего сделанного"),
    "undo.named": _both("Compensation of one activity", "Компенсация одного действия"),
    "undo.sub-process": _both("Compensation of a completed sub-process", "Компенсация завершённого подпроцесса"),
    "undo.event-sub-process": _both("Compensation event sub-process", "Событийный подпроцесс компенсации"),
    "undo.loop": _both("Compensation of each run of a loop", "Компенсация каждого повтора"),
    "undo.cancel": _both("Transaction that is cancelled", "Отменённая транзакция"),
    "data.association": _both(
        "Data associations between activities, events and data objects",
        "Связи данных между действиями, событиями и объектами данных",
    ),
    "data.assignment": _both(
        "Assignments and transformations of data associations", "Присваивания и преобразования в связях данных"
    ),
    "data.initial": _both(
        "Values that data objects of Activiti and Flowable begin with",
        "Начальные значения объектов данных Activiti и Flowable",
    ),
    "data.unreadable": _both(
        "Data association whose value cannot be translated", "Связь данных, значение которой перевести нельзя"
    ),
    "text.conditions": _both(
        "Conditions in JUEL, FEEL, Python-like and XPath", "Условия на JUEL, FEEL, XPath и в духе Python"
    ),
    "text.foreign-condition": _both("Condition nobody can translate", "Условие, которое нельзя перевести"),
    "text.answers": _both("Conditions that are only “yes” and “no”", "Условия из одних слов «да» и «нет»"),
    "text.script": _both("Script task", "Скрипт"),
    "text.foreign-script": _both("Script in another language", "Скрипт на другом языке"),
    "text.endless": _both("Process that goes round without a pause", "Процесс, идущий по кругу без остановки"),
    "text.hit-policies": _both("DMN tables with every hit policy", "Таблицы DMN с любой политикой"),
    "text.unary": _both("S-FEEL and FEEL unary tests", "Проверки S-FEEL и FEEL"),
    "text.requirements": _both("Several decisions in a file", "Несколько решений в одном файле"),
    "vendor.camunda": _both("camunda: assignment, forms, due dates", "camunda: исполнители, формы, сроки"),
    "vendor.zeebe": _both("zeebe: assignment, forms, decisions", "zeebe: исполнители, формы, решения"),
    "vendor.collections": _both("Vendors' collections", "Коллекции других программ"),
    "vendor.performers": _both("BPMN's performers and potential owners", "Исполнители самого BPMN"),
    "vendor.jbpm": _both(
        "jBPM: people, conditions, words, times, scripts", "jBPM: исполнители, условия, слова, времена, скрипты"
    ),
    "vendor.initiator": _both("Variable of the person who started", "Переменная того, кто запустил"),
    "vendor.terminate-all": _both("Flowable's terminate all", "terminateAll из Flowable"),
    "vendor.correlation": _both("Zeebe's correlation key", "Ключ корреляции Zeebe"),
    "vendor.counter": _both("Zeebe's loop counter from one", "Счётчик повторов Zeebe от единицы"),
    "vendor.left-out": _both("Listeners, mappings, marks in code", "Слушатели, передачи переменных, пометки для кода"),
    "vendor.assignment": _both("Assignment that cannot be translated", "Исполнитель, которого нельзя перевести"),
    "file.hostile": _both(
        "Entity bombs, external entities, depth, size", "XML-бомбы, внешние сущности, глубина, размер"
    ),
    "file.hanging": _both("A file that the reader would hang on", "Файл, на котором чтение зависло бы"),
    "file.encodings": _both("Other encodings", "Другие кодировки"),
    "file.twice": _both("The same process twice in an upload", "Один процесс дважды в загрузке"),
}
