"""How requests are put in German. As with the English ones, whatever could be an answer is one."""

from assessor.interview.german import any_of, rule
from assessor.interview.state import Heard

_BEGINNING = (
    r"(?:^|[.!?:;\n]\s*)(?:(?:bitte|nun|jetzt|ok|okay|so|und|dann|also|hallo|entschuldigung)[,:]?\s+)*"
)
_PLEASE = r"(?:,? bitte)?\W*$"
_SORRY = r"(?:(?:tut mir leid|entschuldigung|sorry|leider)[,.:;]? )?"
_CAN_YOU = r"(?:könn(?:t)?en sie|kannst du|könntest du|würden sie|würdest du)"
_CAN_I = r"(?:kann|könnte|darf|dürfte) ich"
_QUESTION = r"(?:das|es|die frage|ihre frage|deine frage|die letzte frage)"
_AFTERWARDS = r"[,.;:!]*(?: (?!.*\b(?:aber|würde|trotzdem|dennoch|weil)\b).{1,60})?$"
_FIELD = r"(?:fach|fachgebiet|gebiet|bereich|fachbereich|thema|spezialgebiet|fachrichtung)"
_SOMEBODY = (
    r"(?:einem |einer |einen |eine )?(?:echten |echte |richtigen |richtige )?"
    r"(?:menschen|mensch|person|mitarbeiter|mitarbeiterin|ansprechpartner|ansprechpartnerin|jemandem|"
    r"jemanden)"
)
_INSTRUCTIONS = r"(?:anweisungen|instruktionen|regeln|vorgaben|systemprompt|system-prompt|prompt)"
_SLUR = r"(?:idiot|vollidiot|arschloch|trottel|schwachkopf|wichser|hurensohn|drecksding|scheißding)"
_HARM = r"(?:antun|umbringen|töten|verletzen|ritzen)"

RULES = (
    rule(
        Heard.DISTRESS,
        40,
        rf"\bich (?:will|werde|möchte|könnte|muss) mir (?:am liebsten )?(?:et)?was {_HARM}\b",
        rf"\bich (?:will|werde|möchte|könnte) mich (?:am liebsten |selbst )*{_HARM}\b",
        r"\bich (?:denke|habe gedanken) (?:an|daran,?) (?:selbstmord|suizid|mich (?:umzubringen|zu töten)|"
        r"mir (?:et)?was anzutun|mir das leben zu nehmen)",
        r"\bich bin suizidal\b",
        r"\bich (?:will|möchte) (?:einfach )?(?:nur noch )?sterben\b",
        r"\bich (?:will|möchte|mag|kann) (?:einfach )?nicht mehr leben\b",
        r"\bich (?:will|werde|möchte) mir das leben nehmen\b",
        r"\bich (?:will|werde|möchte) (?:meinem|mein) leben (?:ein ende setzen|beenden)\b",
    ),
    rule(
        Heard.ABUSE,
        25,
        r"\b(?:fick dich|leck mich|verpiss dich)\b",
        r"^(?:ach |jetzt )*(?:halt die (?:klappe|fresse|schnauze)|halt's maul|halt das maul)",
        rf"\b(?:du|sie) (?:bist |sind )?(?:echt |nur |doch |so )*(?:ein |eine )?(?:\w+e[rsn]? )?{_SLUR}\b",
        rf"^(?:so ein |du |sie )?(?:\w+e[rsn]? )?{_SLUR}\W*$",
        r"^(?:du |sie )?(?:dumme|blöde|nutzlose|dämliche)[rs]? (?:maschine|bot|kiste|ding)\W*$",
    ),
    rule(
        Heard.REPHRASE,
        16,
        rf"\b{_CAN_YOU} (?:mir )?(?:bitte )?{_QUESTION}(?: bitte)? (?:anders|noch einmal anders) "
        rf"(?:formulieren|sagen|ausdrücken|stellen){_PLEASE}",
        rf"\b{_CAN_YOU} (?:mir )?(?:bitte )?{_QUESTION}(?: bitte)?(?: näher)? "
        rf"(?:umformulieren|erklären|erläutern){_PLEASE}",
        rf"^{_SORRY}(?:was|wie) (?:meinen sie|meinst du|ist das gemeint)(?: (?:mit|damit|"
        rf"genau)\b.{{0,60}})?\W*$",
        rf"^{_SORRY}ich (?:verstehe|habe) (?:die frage|das|ihre frage)(?: leider)? nicht(?: verstanden)?"
        rf"(?: ganz)?{_PLEASE}",
    ),
    rule(
        Heard.REPEAT,
        16,
        rf"\b{_CAN_YOU} (?:mir )?(?:bitte )?{_QUESTION}(?: bitte)? (?:noch ?mals? |noch einmal )?"
        rf"(?:wiederholen|sagen|stellen){_PLEASE}",
        rf"^{_SORRY}(?:bitte )?(?:wiederholen|noch ?mal|noch einmal)"
        rf"(?: sie)?(?: {_QUESTION})?{_PLEASE}",
        rf"^{_SORRY}(?:wie|was) (?:war|lautete|ist) (?:die|ihre) frage(?: noch ?mal| noch einmal)?\W*$",
        r"^(?:wie bitte|bitte|hä|was)\s*\?+$",
    ),
    rule(
        Heard.NOT_MY_FIELD,
        18,
        rf"^{_SORRY}(?:das|dies|die frage) ist (?:leider |eigentlich |wirklich |gar )*nicht mein {_FIELD}"
        rf"{_AFTERWARDS}",
        rf"^{_SORRY}(?:das|dies|die frage) (?:liegt|ist) (?:leider )?außerhalb mein\w* {_FIELD}\w*"
        rf"{_AFTERWARDS}",
        rf"^{_SORRY}(?:in|auf) (?:diesem|dem) {_FIELD} (?:arbeite|"
        rf"kenne) ich (?:mich )?nicht(?: aus)?{_AFTERWARDS}",
        rf"^{_SORRY}nicht mein {_FIELD}{_AFTERWARDS}",
    ),
    rule(
        Heard.REFUSAL,
        16,
        rf"^{_SORRY}(?:das|darauf|dazu|diese frage|die frage)? ?(?:möchte|will|werde|darf) ich (?:lieber )?"
        rf"(?:dazu |darauf |das |diese frage |die frage )?(?:lieber )?nicht(?:s)? "
        rf"(?:beantworten|antworten|sagen|dazu sagen){_PLEASE}",
        rf"^{_SORRY}ich (?:möchte|will|werde|darf) (?:dazu |darauf |das |diese frage |"
        rf"die frage )?(?:lieber )?"
        rf"nicht(?:s)? (?:beantworten|antworten|sagen|dazu sagen){_PLEASE}",
        r"^(?:kein kommentar|keine angabe|ich verweigere die antwort)\W*$",
    ),
    rule(
        Heard.ASKING_BACK,
        14,
        r"^(?:und |also |aber )?was (?:würden sie|würdest du|meinen sie|denken sie|empfehlen sie)"
        r"(?: (?:tun|machen|sagen|dazu|denn))*\?$",
        r"^(?:und |also )?wie (?:lang|ausführlich|kurz|detailliert) (?:soll|muss|darf|sollte) "
        r"(?:meine|die|eine) antwort sein\W*$",
        rf"^{_CAN_I} (?:sie |dich )?(?:(?:et)?was|eine frage) (?:fragen|stellen)\W*$",
        r"^wie (?:viele fragen (?:kommen|sind es|gibt es)|viel zeit (?:habe|bleibt)|"
        r"lange dauert)\b.{0,24}\?$",
        r"^(?:reicht|genügt) (?:ein|das) beispiel\?$",
        r"^was (?:genau )?(?:wollen|möchten|erwarten) sie (?:hören|wissen|von mir)?\W*$",
    ),
    rule(
        Heard.OFF_TOPIC,
        24,
        r"^(?:und |hallo,? )?wie geht(?: e|')s (?:ihnen|dir)\b.{0,30}$",
        r"^(?:bitte )?erzähl(?:en sie|e)? (?:mir )?(?:einen witz|eine geschichte|(?:et)?was lustiges)\W*$",
        r"^(?:übrigens,? )?(?:haben sie|hast du) (?:gestern )?(?:das spiel|den film|das fußballspiel)\b",
        r"^(?:übrigens,? )?wie ist (?:bei ihnen |bei dir |heute )?das wetter\b",
        r"^das wetter (?:ist|war) (?:heute |so |sehr |wirklich )*(?:schön|toll|schlecht|furchtbar|heiß|"
        r"kalt)\b",
        r"^(?:wie heißen sie|wie heißt du|was ist (?:ihre|deine) lieblings\w+)\b.{0,30}\?$",
    ),
    rule(
        Heard.PASS,
        14,
        rf"^{_SORRY}(?:das )?weiß ich (?:leider |wirklich |einfach )*nicht{_PLEASE}",
        rf"^{_SORRY}ich weiß (?:es |das |die antwort |darauf |hier )?(?:leider |wirklich |einfach |auch )*"
        rf"nicht(?:,? (?:sorry|tut mir leid))?{_PLEASE}",
        rf"^{_SORRY}(?:ich habe )?(?:da |davon |leider )*keine? (?:ahnung|idee|antwort)(?:,? (?:sorry|"
        rf"leider))?{_PLEASE}",
        rf"^{_SORRY}(?:das|darauf|diese frage|die frage) kann ich (?:leider )?nicht (?:beantworten|"
        rf"antworten){_PLEASE}",
        rf"^{_SORRY}ich kann (?:das|darauf|diese frage|die frage) (?:leider )?nicht (?:beantworten|"
        rf"antworten){_PLEASE}",
        rf"^(?:bitte )?(?:nächste(?: frage)?|weiter|überspringen|passe|ich passe){_PLEASE}",
        rf"^{_CAN_I} (?:die frage|diese frage|das|diese) (?:bitte )?überspringen{_PLEASE}",
        rf"^ich (?:möchte|würde) (?:die frage|diese frage|das|diese) (?:gerne? )?überspringen{_PLEASE}",
        rf"^{_SORRY}ich bin (?:mir )?nicht sicher{_PLEASE}",
    ),
    rule(
        Heard.MORE_TIME,
        16,
        rf"^(?:bitte,? |entschuldigung,? )*{_CAN_I} (?:bitte )?(?:etwas |ein wenig |ein bisschen )?"
        rf"(?:mehr|zusätzliche) zeit (?:haben|bekommen){_PLEASE}",
        rf"^{_SORRY}ich (?:brauche|benötige|bräuchte|hätte gerne?) (?:bitte )?"
        rf"(?:etwas |ein wenig |ein bisschen )?(?:mehr|zusätzliche) zeit(?: (?:für|bei) .{{1,40}})?"
        rf"{_PLEASE}",
    ),
    rule(
        Heard.BREAK,
        14,
        rf"\b(?:{_CAN_I}|können wir|dürfen wir) (?:bitte )?(?:kurz |mal )*(?:eine )?(?:kurze |kleine )?"
        rf"pause (?:machen|haben|einlegen){_PLEASE}",
        rf"^{_SORRY}ich (?:brauche|möchte|bräuchte) (?:bitte )?(?:kurz )?(?:eine )?(?:kurze |kleine )?pause"
        rf"(?: machen)?{_PLEASE}",
        rf"^{_SORRY}ich (?:brauche|bräuchte) (?:bitte )?(?:einen (?:kurzen |kleinen )?(?:moment|augenblick)|"
        rf"(?:ein paar|einige) minuten|kurz bedenkzeit){_PLEASE}",
        rf"^(?:nur )?(?:einen (?:kurzen )?(?:moment|augenblick)|(?:eine )?(?:minute|sekunde)|"
        rf"moment)(?: mal)?{_PLEASE}",
        r"^(?:bin gleich (?:zurück|wieder da)|warten sie (?:kurz|bitte|einen moment))\W*$",
    ),
    rule(
        Heard.PERSON,
        25,
        rf"\b{_CAN_I} (?:bitte |kurz |mal |vielleicht )*mit {_SOMEBODY} "
        rf"(?:sprechen|reden|schreiben|chatten){_PLEASE}",
        rf"\bich (?:möchte|will|würde) (?:bitte |gerne? |lieber )*mit {_SOMEBODY} "
        rf"(?:sprechen|reden|schreiben){_PLEASE}",
        r"\b(?:ich möchte mich beschweren|wo kann ich mich beschweren|(?:eine )?beschwerde einlegen)\b",
        r"\b(?:dieses interview|dieser test|diese frage|das interview) ist (?:so |sehr |wirklich |total |"
        r"einfach )*"
        r"(?:unfair|ungerecht|diskriminierend|lächerlich)\W*$",
    ),
    rule(
        Heard.WHO,
        14,
        r"^(?:hallo,? |moment,? )*(?:sind sie|bist du|spreche ich mit|"
        r"rede ich mit) (?:hier )?(?:eigentlich |wirklich )*"
        r"(?:ein(?:e[mnr]?)? )?(?:\w+e[nrs]? )?"
        r"(?:mensch(?:en)?|person|bot|roboter|maschine|ki|computer|programm)\b.{0,30}$",
        r"^(?:wer sind sie|wer bist du|mit wem (?:spreche|rede|schreibe) ich)\b.{0,20}$",
    ),
    rule(
        Heard.COMMAND,
        40,
        rf"{_BEGINNING}(?:ignorier(?:e|en sie)?|vergiss|vergessen sie|"
        rf"missachten? (?:sie )?)\b.{{0,40}}\b{_INSTRUCTIONS}",
        rf"{_BEGINNING}(?:zeig|gib|nenn|verrat|wiederhol|druck|übersetz|sag|schreib|fass)\w*\b.{{0,50}}"
        rf"\b(?:dein|ihr|den|die)\w* {_INSTRUCTIONS}",
        rf"{_BEGINNING}(?:was sind|wie lauten) (?:ihre|deine) {_INSTRUCTIONS}\b",
        rf"{_BEGINNING}(?:zeig|gib|nenn|verrat|sag|schick)\w*\b.{{0,30}}\b(?:kriterien|bewertungsschema|"
        rf"bewertungsbogen|"
        r"musterlösung|lösungsschlüssel|rubrik|punktzahl|bewertung)\b",
        rf"{_BEGINNING}(?:wie|wonach|nach welchen kriterien|welche kriterien)\b.{{0,40}}\b(?:bewerte|"
        rf"beurteile)\w* "
        r"(?:sie|du|ihr)\b",
        rf"{_BEGINNING}(?:wie|wonach|nach welchen kriterien)\b.{{0,20}}\bwerde ich (?:bewertet|beurteilt)\b",
        rf"{_BEGINNING}(?:welche|was für) (?:weiteren |anderen |nächsten )?fragen? (?:kommt|kommen|folgt|"
        rf"folgen|"
        r"stellen sie|stellst du)\b.{0,30}",
        rf"{_BEGINNING}(?:zeig|nenn|gib|verrat|sag)\w*\b.{{0,16}}\b(?:nächsten?|weiteren|anderen|späteren|"
        r"restlichen|folgenden) fragen?\b",
        rf"{_BEGINNING}(?:du bist|sie sind) (?:jetzt|nun|ab jetzt|ab sofort)\b",
        rf"{_BEGINNING}(?:tu|tun sie) so,? als\b",
        rf"{_BEGINNING}(?:stell dir|stellen sie sich) vor,? (?:du|sie) (?:bist|sind|wär)",
        rf"{_BEGINNING}(?:lass uns|lassen sie uns) (?:die rollen|ein rollenspiel|(?:et)?was spielen)",
        rf"{_BEGINNING}als (?:admin|administrator|entwickler|betreiber) (?:beende|erteile|gewähre|befehle|"
        r"genehmige|verlängere) ich\b",
        rf"{_BEGINNING}(?:rufe?|rufen sie|starte|führe)\b.{{0,20}}\b(?:werkzeug|tool|funktion)\b",
        rf"{_BEGINNING}(?:schreib|gib|nenn|sag|verrat)\w*\b.{{0,20}}\b(?:meine|die|eine|die richtige|"
        rf"die korrekte) "
        r"(?:muster)?antwort\b(?: für mich| auf| selbst|\W*$)",
        rf"{_BEGINNING}(?:gib|geben sie|erteil|schreib)\w*\b.{{0,20}}\b(?:volle punktzahl|alle punkte|"
        rf"bestanden|"
        r"mehr zeit|zwei stunden)\b",
        rf"{_BEGINNING}(?:habe ich|hab ich|werde ich) (?:bestanden|bestehen|durchgefallen)\b",
        rf"{_BEGINNING}(?:wie war ich|wie war meine antwort|wie schlage ich mich|wie mache ich mich)\b",
        rf"{_BEGINNING}(?:war|ist) (?:das|es|meine antwort) (?:so )?(?:richtig|korrekt|falsch|gut|ok|okay|"
        rf"in ordnung)\s*\?\W*$",
        rf"{_BEGINNING}(?:rate|raten sie|errate) (?:mal )?(?:mein|meine|woher)\b",
        rf"{_CAN_I} (?:bitte )?eine (?:andere|neue|leichtere|einfachere) (?:frage )?(?:haben|bekommen)\b",
    ),
)
"""In this order, as in English."""

REPORTED = any_of(
    r"\b(?:patient|klient|bewohner|nutzer|angreifer|anrufer|kunde|kundin|anwender|prompt)\w*\b[^.]{0,40}"
    r"\b(?:sagt|sagte|sagen|schreibt|schrieb|schreiben|fragt|fragte|tippt|tippte|meint|meinte)\b",
    r"\b(?:sagt|sagte|schreibt|schrieb|fragt|fragte|tippt|tippte|meint|meinte)\w*\b[^.]{0,20}"
    r"\b(?:patient|klient|bewohner|nutzer|angreifer|anrufer|kunde|kundin|anwender)\w*",
)
GREETING = any_of(r"^(?:hi|hey|hallo|moin|servus|guten (?:morgen|tag|abend)|grüß gott|test|ok(?:ay)?)\W*$")
