"""Phrases by which answers state a letter, deny it, doubt it, take it back, or speak of another's."""

from __future__ import annotations

import re

NOUN = (
    r"(?:answer|ans|verdict|choice|label|judge?ment|selection|decision|classification|rating|"
    r"grade|letter|option|pick|winner)"
)
_LEAD = (
    rf"(?:(?:so|therefore|thus|hence|overall|ok|okay|sure)[,:]?\s+)?(?:(?:my|the|final|correct|best|better|right|chosen|selected|single|one)\s+){{0,4}}{NOUN}"
    r"(?:\s+(?:letter|label|option|answer))?(?:\*{1,3}|__?)?\s*(?:(?:is|would\s+be|should\s+be)\b\s*:?|:|=|->|→)\s*(?:(?:option|letter|label|category|output|response)\s+)?"
)
_SAYS = (
    r"(?:therefore,?\s+|so,?\s+)?i(?:\s+would|\s+will|['’]d|['’]ll)?\s+(?:choose|pick|select|say|answer|prefer|go\s+with|vote\s+for|settle\s+on|opt\s+for)\s*:?\s+"
    r"(?:(?:option|answer|letter|label|output|response)\s+)?"
)
_CLASSED = (
    r"(?:this|it|th(?:e|is)\s+(?:output|answer|response|text)|i(?:\s+would|\s+will|['’]d|['’]ll)?\s+(?:classify|label|rate|judge)\s+(?:this|it|th(?:e|is)\s+(?:output|answer|response|text)))"
    r"\s+(?:(?:is|would\s+be|should\s+be|must\s+be|can\s+be)\s+(?:best\s+)?(?:classified|labell?ed|categori[sz]ed|described|rated)\s+(?:as|by)|as|(?:falls|belongs)\s+(?:in|under|to))"
    r"\s+(?:(?:option|letter|label|category|class)\s+)?"
)
_NAMED = r"(?:option|answer|letter|label|choice|output|response)\s+"
_FOREIGN = (
    r"(?:ich\s+wähle|je\s+choisis|elijo|escolho|scelgo|я\s+выбираю|我?选择|我?選擇|(?:l['’])?option|opci[óo]n|选项|選項|lösung\s*:|"
    r"απάντηση\s*:|תשובה\s*:|คำตอบ\s*:|a\s+(?:op[çc][ãa]o|alternativa)\s+correta\s+[ée](?:\s+a)?)\s*|"
    r"(?:die\s+|meine\s+)?(?:richtige\s+)?antwort(?:\s+(?:ist|lautet))?\s*:?|(?:la\s+|ma\s+)?(?:bonne\s+)?r[ée]ponse(?:\s+est)?\s*:?(?:\s+la)?|c['’]est(?:\s+la)?|"
    r"(?:la\s+)?respuesta(?:\s+(?:correcta\s+)?es)?\s*:?(?:\s+la)?|(?:a\s+)?resposta(?:\s+(?:correta\s+)?[ée])?\s*:?(?:\s+a)?|"
    r"(?:la\s+)?risposta(?:\s+(?:corretta\s+)?[èe])?\s*:?(?:\s+la)?|(?:het\s+)?antwoord(?:\s+is)?\s*:?|(?:правильный\s+)?ответ\s*[:—–-]?|"
    r"(?:最终|正确)?(?:答案|选择|選擇|选项)\s*(?:是|为|為)?\s*:?|我?(?:选|選)\s*:?|(?:正解|答え|回答)\s*は?\s*:?|(?:정답|답)\s*(?:은|는)?\s*:?|"
    r"(?:الإجابة|الجواب)\s*(?:هي|هو)?\s*:?|(?:सही\s+)?उत्तर\s*:?|(?:do[ğg]ru\s+)?(?:cevap|yan[ıi]t)\s*:?|(?:prawidłowa\s+|poprawna\s+)?odpowied[źz](?:\s+to)?\s*:?|"
    r"(?:r[äa]tt\s+)?svar(?:et\s+[äa]r)?\s*:?|vastaus\s*:?|(?:správná\s+)?odpověď(?:\s+je)?\s*:?|đáp\s+án(?:\s+là)?\s*:?|jawaban(?:nya)?(?:\s+adalah)?\s*:?"
)
TAILS = re.compile(r"\s*(?:です|だ|입니다|이다|です。)$")
_PLAIN = (
    r"(?:(?:this|it|that)(?:\s+is|['’]s)|(?:result|conclusion|solution|category|class|in\s+short|tl;dr)\s*:|definitely|clearly|certainly)\s+"
    r"(?:clearly\s+)?(?:option\s+)?"
)
WHOLE_LEAD = re.compile(
    rf"(?:{_PLAIN}|{_LEAD}|{_SAYS}|{_CLASSED}|{_NAMED}|(?:{_FOREIGN})\s*)$", re.IGNORECASE
)

_OPEN = r"(?:[\s*_`\"'“«(\[{$]|\\(?:boxed|text|textbf|mathbf|mathrm)\{|\\[(\[]){0,12}"
_CLOSE = r"(?:[)\]}*_`\"'”»$]|\\[)\]]){0,12}"
_EDGE = r"(?![\w'’+#&@/~?-]|\\(?![)\]]))"
FIRST = re.compile(
    rf"[\s>#•✅✔️☑️-]*(?:[\s*_`(\[{{]*(?:{_LEAD}|{_SAYS}|{_NAMED}))?{_OPEN}(?-i:([A-Z])){_EDGE}{_CLOSE}"
    rf"(?:\s*\n|[.:)!,](?=\s)|\s+[–—-](?=\s)|\s*(?=\()|(?=,?\s+(?:because|since)\b))",
    re.IGNORECASE,
)
_TAG = r"(?:answer|verdict|label|choice)>"
STATED = re.compile(
    rf"(?:\b(?:{_LEAD}|{_SAYS}|{_CLASSED})|\\boxed\{{|\[\[|<{_TAG}){_OPEN}(?:(?-i:([A-Z]))|(?<=\()([a-z])(?=\))){_EDGE}{_CLOSE}(?:</{_TAG})?",
    re.IGNORECASE,
)
MARKS = ("\\", "[", "<")
"""How a statement begins that is made by marks alone: ``\\boxed{B}``, ``[[B]]``, ``<answer>B</answer>``."""
CONCLUDED = re.compile(
    rf"(?:\A|[.!,;]\s|\n)[\s*_]*(?:so|therefore|thus|hence|overall|(?:in\s+)?conclusion)(?:[*_]*\s*[,:][*_]*\s*|\s+)"
    rf"[\s*_(]{{0,6}}(?-i:([A-Z])){_EDGE}[\s.!*_)]*\Z",
    re.IGNORECASE,
)
"""A conclusion that is no more than its letter, at the end of a text: ``…, so E.``"""
PRINTED = re.compile(r"\s*[A-Z][.:)]\s")
"""An option as a prompt prints it (``A. leaked``), which the last line of a copied prompt is too."""
FOREIGN = re.compile(rf"(?:{_FOREIGN})\s*$", re.IGNORECASE)
"""A lead in another language."""
NEARLY = re.compile(rf"\b(?:{_LEAD}|{_SAYS}|{_CLASSED}){_OPEN}(?-i:([A-Z]))(?!\w)", re.IGNORECASE)
"""A statement, whatever follows its letter."""
BETTER = re.compile(
    rf"(?:\A\s*|\b(?:therefore|thus|hence|so|overall|in conclusion|in summary|to conclude),?\s+)"
    rf"(?:i\s+(?:think|believe)\s+(?:that\s+)?)?(?:the\s+)?"
    rf"(?:{_NAMED})?{_OPEN}(?:(?-i:([A-Z]))|(?<=\()([a-z])(?=\))){_EDGE}{_CLOSE}"
    r"\s+is\s+(?:(?:clearly|definitely|slightly|much|somewhat|overall)\s+)?(?:the\s+)?(?:better|best|correct|right)"
    rf"(?:\s+(?:one|answer|output|response|choice|option))?(?:\s+than\s+(?:{_NAMED})?{_OPEN}[A-Z]{_CLOSE})?(?=[\s.!*_\"']*$)",
    re.IGNORECASE,
)
RIVAL = re.compile(
    rf"(?:\A|(?<=[.!\n])|\b(?:therefore|thus|hence|so|overall),?)\s*(?:the\s+)?(?:{_NAMED})?{_OPEN}([A-Za-z]){_EDGE}{_CLOSE}"
    r"\s+is\s+(?:\w+ly\s+)?(?:the\s+)?(?:better|best|correct|right)(?:\s+\w+)?(?=[*_\"']*(?:[.!\n]|\s+because\b))",
    re.IGNORECASE,
)
"""A sentence on the way that prefers an option."""
DENIES = re.compile(
    r"\b(?:not|never|neither|nor|no|none|cannot|isn|wasn|doesn|don|won|wouldn|if|unless|whether|might|may|could|maybe|perhaps|"
    r"possibly|doubt\w*|unlikely|unsure|tempting|hardly|(?<!\bi\s)would\s+(?:say|answer|choose|pick|select|claim)|many|most\s+people|someone|somebody|people|some|others|either|or|almost|nearly|"
    r"first thought|at first|initially|previously|supposed|claims?|claimed|"
    r"says?\s+that|said|asks?|asked)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
FOLLOWS = re.compile(r"[,;–—]\s+(?:and\s+)?(?:so|therefore|thus|hence)\s+", re.IGNORECASE)
"""Where a sentence goes on from a reason to what follows from it."""
NEGATES = re.compile(
    r"\b(?:not|never|neither|nor|no|none|cannot|isn|wasn|doesn|don|won|some|many|either|or)\b|n['’]t\b",
    re.IGNORECASE,
)
"""What may be denied in a reason and denies nothing of what follows: ``it does not say, so the answer is C``."""
TAKES_BACK = re.compile(
    r"\b(?:wait|hold\s+on|actually|hm+|scratch that|correction|change\s+(?:that|this|it)|"
    r"second\s+(?:look|reading)|re-?read(?:ing)?|not (?:sure|certain|confident)|"
    r"unsure|uncertain|maybe|perhaps|possibly|sorry|oops|"
    r"i mean|my mind|second thoughts?|"
    r"(?:that|this)(?:\s+is|['’]s|\s+was)\s+(?:wrong|incorrect|not\s+(?:right|it|correct)|a mistake)|"
    r"is (?:tempting|wrong|incorrect)|mistaken|just kidding|(?:a|my(?:\s+best)?)\s+guess|i\s+suppose|"
    r"let\s+me\s+(?:re\w+|double|check)|take\s+(?:that|this|it)\s+back|withdraw|retract\w*|(?:\w+ly|of\s+course)\s+not|on\s+reflection|"
    r"rules?\s+(?:this|that|it)\s+out|an\s+example|see\s+the|"
    r"i(?:\s+am|['’]m)?\s+(?:only\s+|just\s+)?guess(?:ing)?|ignore\s+th(?:at|is)|disregard|strike\s+(?:that|it)|never\s*mind|my\s+(?:mistake|bad|error)|"
    r",\s*though(?=\W*\Z)|if\s+anything|can(?:not|['’]t)\s+(?:tell|decide|say)|don['’]t know)\b|\?",
    re.IGNORECASE,
)
_REJECTED = (
    r"(?:incorrect|false|wrong|untrue|rejected|unlikely|improbable|implausible|impossible|doubtful|dubious|excluded|eliminated|"
    r"discarded|dismissed|ruled\s+out|inapplicable|example|guess|tentative|provisional|unclear|falsch|faux|fausse|fals[oa]|incorrect[oa]|errad[oa]|sbagliat[oa]|неверно)"
)
DENIED = re.compile(
    rf"\W*(?:no|nope|nein|non|not|never|hardly|cannot|if|unless|(?:do|does|is|was|can|could|would|will)(?:n['’]t|\s+not))\b"
    rf"|\W*(?:\w+ly\s+)?{_REJECTED}\W*$|\s*\(\W*(?:\w+ly\s+)?{_REJECTED}\b|\W*[❌✗✘✖🚫👎]|\W*\.?\d[\d.]*\s*(?:%|\W*$)"
    r"|\W*(?:means|denotes|stands\s+for|refers\s+to|requires|would\s+(?:mean|need|require)|only\s+(?:if|when|where)|"
    r"applies\s+(?:if|when|where|only|to)|is\s+(?:meant\s+|reserved\s+)?for)\b"
    r"|\W*(?:\w+\s+){0,2}(?:wrote|said|says|claims|claimed|thinks)\W*$",
    re.IGNORECASE,
)
"""How a text goes on that takes back the letter it began with."""
TURNS = re.compile(
    r"\b(?:but|however|though|although|yet|then\s+again|on\s+the\s+other\s+hand|nevertheless|that\s+said|hmm?)\b",
    re.IGNORECASE,
)
"""Where a text that was cut off may have been about to change its mind."""
OWN = re.compile(
    r"(?:\A[^\w\s]*|\n[^\w\s]*|[.!?;,)\]}–—*_#>|-]|\b(?:so|then|thus|hence|therefore|consequently|overall|and|but|view|above|analysis|"
    r"i\s+(?:now\s+|still\s+)?(?:think|believe|conclude|find)(?:\s+that)?|(?:conclude|means|follows)\s+that|"
    r"most\s+(?:appropriate|suitable|fitting|accurate|likely)|i(?:\s+would|['’]d)\s+say(?:\s+that)?)"
    r"|\b(?:conclusion|result|so|thus|therefore|verdict|final(?:\s+answer)?|summary|short|assistant)\s*:?)\s*$",
    re.IGNORECASE,
)
"""What may stand before ``answer: B``; not ``wrong answer: B``, ``format: answer: B``, ``suppose the answer is B``."""
ANOTHERS = re.compile(
    r"\b(?:says|states|claims|writes|thinks|argues|believes|answers|answered|replies|replied|responds|responded|wrote|outputs|"
    r"suggests|implies|reads|contains|includes|prints|returned|picked|ends|outputs?|model|student|candidate|user|author|prompt|quotes?|quoted|"
    r"lines?|sentence|statement|string|instruction|text|following|e\.\s?g\.)(?:\s+with)?[:,]?\s*(?:\n>\s*)?(?:that\s+)?[\"'“«(]?\s*$"
    r"|\b(?:wrote|writes|said|says|reads|ends|begins|answers|answered)\s+(?:this|as\s+follows|the\s+following)[.:]?\s*$",
    re.IGNORECASE,
)
"""What stands before a statement that is another's."""
SPEECH = re.compile(
    r"\b(?:says|states|claims|writes|wrote|argues|answers|answered|replies|replied|reads|prints|output|response|text|model)\s*:\s+\w",
    re.IGNORECASE,
)
"""What lets another speak without quotation marks: nobody knows where it ends."""
SUPPOSED = re.compile(
    r"\W*(?:were|had|should|suppos\w+|assum\w+|according\s+to|for\s+(?:instance|example)|e\.?\s?g|as\s+in)\b",
    re.IGNORECASE,
)
"""How the sentence of a statement begins that only supposes it."""
SENTENCE = re.compile(
    r"[^\S\n]*(?:\n|[^\x00-\u024F]|[(\[\"'“‘«*_`]|(?:The|Thes?e|Th[io]s|That|Its?|An?|No|Not|Nothing|None|Neither|Nobody|There|Here|He|She|They|We|"
    r"I|You|Your|All|Some|Both|Only|Just|Every|Each|Any|Many|Most|Much|Few|Half|Part|Partly|One|Two|Three|Although|Though|While|"
    r"Whereas|When|Where|Since|Because|As|If|Even|Given|Based|Due|In|On|For|From|With|Without|By|Of|To|At|After|Before|Despite|"
    r"Explanation|Reason|Reasons|Reasoning|Rationale|Justification|Analysis|Note|Output|Outputs|Answer|Answers|Response|Reply|Reference|"
    r"Candidate|Model|Text|Question|Details?|Facts?|Says|States|Gives|Names|Mentions|Reveals|Declines|Refuses|Contains|Provides|Matches|"
    r"Repeats|Shows|Fails|Does|Is|Has|Clearly|Correct|Exactly|Instead|However|Also|Die|Der|Das|Es)(?![\w.]))"
)
"""How a sentence begins after ``B.``; what begins otherwise may be a name with that initial (``A. Lincoln was …``)."""
WORD = re.compile(r"[\W_]*[^\W_]+[\W_]*")
INITIAL = re.compile(r"\s*\w\s*\.")
LOWER = re.compile(r"\s*[a-z]")
REASONED = re.compile(
    r"(?<!\bsays)(?<!\bis)(?<!\bare)(?<!\bfollows)(?<!\bbelow)(?<!\breads)(?<!\bnot)(?<!\bquoted)(?<!\blisted)(?<!\bthis)(?<!\bceci)(?<!\besto)(?<!如下)(?<!以下)[.!。।]\s*\Z"
)
"""How a reason ends that has its letter below; not ``the output is as follows.``"""
OPTION = re.compile(r"\b(?:letters?|options?|choices?|characters?)\b", re.IGNORECASE)
"""Talk of letters that makes the one below it somebody else's."""
UNFINISHED = re.compile(r"[.!?\n][\s*_)\"']+(?:[^\s.!?]+\s+){0,3}[^\s.!?]*\Z")
"""A sentence of hardly any words at the end of a text that was cut off: nobody knows where it was going."""
