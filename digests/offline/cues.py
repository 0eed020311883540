"""The words authors use for what they did, what it brought and what is left, with a weight each. All in lower case.

Weights were set by hand on the abstracts of several hundred papers: the order they give matters, not their size.
"""

import re

Cue = tuple[re.Pattern[str], float]


def _cue(weight: float, pattern: str) -> Cue:
    return re.compile(pattern), weight


AUTHORS = (
    r"\b(?:we|this (?:paper|work|study|article|survey|report|review|tutorial)|our (?:paper|work|study|survey))\s"
    r"(?:\w+ly\s|also\s|then\s|here\s|thus\s|first\s|\w+\sand\s)?"
)
CONTRIBUTION: tuple[Cue, ...] = (
    _cue(3.0, AUTHORS + r"(?:propos|present|introduc|develop|unveil|devis|describ)"),
    _cue(
        2.0,
        AUTHORS + r"(?:design|build|construct|creat|establish|stud[iy]|investigat|explor|examin|analy[sz]"
        r"|survey|review|formali[sz]|aim|seek|address|revisit|tackl|extend|conduct|evaluat|argu|contribut"
        r"|leverag|provid|unif|offer|generali[sz]|reformulat|adapt|integrat|curat|collect|releas|ask|rethink"
        r"|combin|benchmark|compar|report)",
    ),
    _cue(1.5, AUTHORS + r"(?:show|demonstrat|find|found|discover|reveal|identif|prove|observ)"),
    _cue(0.8, r"\bin this (?:paper|work|study|article|survey|report|review)\b"),
    _cue(0.5, r"^(?:to (?:address|tackle|solve|bridge|overcome|mitigate|fill|close|this end)|motivated by)\b"),
    _cue(0.5, r"\b(?:called|termed|named|dubbed|coined|namely)\b"),
    _cue(0.3, r"\b(?:novel|new|first)\b"),
    _cue(0.3, r"\boutperform|\bstate-of-the-art\b|\bimprov"),
    _cue(
        -2.0,
        r"^(?:also|additionally|furthermore|moreover|in addition|besides|finally|first,|firstly|second|third"
        r"|then|next|lastly)\b",
    ),
    _cue(
        -1.2,
        r"^(?:specifically|for (?:example|instance)|in particular|notably|meanwhile|concretely|to be specific"
        r"|(?:in|at|during) (?:the|this|each|our) (?:\w+ ){0,3}(?:phase|stage|step)|technically)\b",
    ),
    _cue(-1.0, r"\bwe (?:further|also|then|additionally)\b|\b(?:further|additionally) (?:propose|introduce|present)"),
    _cue(-0.8, r"^(?:it|they|these|those|such|its|their|this (?!paper|work|study|article|survey|report|review))\b"),
    _cue(-0.8, r"^(?:however|yet|but|although|while|despite|nevertheless|unfortunately|building on)\b"),
    _cue(
        -0.5,
        r"\b(?:existing|current|prior|previous|traditional|conventional"
        r"|recent)(?:ly)?\s(?:\S+\s){0,3}(?:methods?|approaches|works?|models?|advance\w*|stud(?:y|ies)"
        r"|benchmarks?|progress|research|techniques)",
    ),
    _cue(
        -0.7,
        r"\b(?:has|have) (?:recently |also |been |become|shown|demonstrated|achieved|made|emerged|garnered"
        r"|attracted)",
    ),
    _cue(
        -0.7,
        r"\b(?:remains?|is|are) (?:a |an |still |largely )?(?:challeng|unclear|unexplored|underexplored|limited)",
    ),
    _cue(
        -2.5,
        r"\b(?:code|dataset|data|models?|weights|demo|project page)\b.{0,60}\b(?:available|released?"
        r"|open-sourced?)\b",
    ),
    _cue(-0.5, r"^(?:extensive |our |comprehensive )?(?:experiment\w*|evaluations?|results)\b"),
    _cue(-2.0, r"\bwe (?:hope|believe|anticipate|expect|conclude)\b"),
    _cue(-1.0, r"\[…\]"),  # the name of the work is missing
    _cue(-2.5, r"\?$"),
)


OWN = re.compile(r"\b(?:we|our|ours)\b", re.IGNORECASE)
IMPACT: tuple[Cue, ...] = (
    _cue(1.5, r"\b(?:outperform|surpass|exceed|superior|excel)|state-of-the-art|\bsota\b|\bbest\b"),
    _cue(1.0, r"\b(?:improv|enhanc|boost|increas|rais)\w*|\bgains?\b|\bbetter\b"),
    _cue(1.0, r"\b(?:reduc|decreas|lower|cut|sav|eliminat|mitigat)\w*\b|\bfewer\b|\bless\b"),
    _cue(0.7, r"\b(?:speed\w*|faster|accelerat\w*|throughput|latency|efficien\w+)\b"),
    _cue(0.5, r"\b(?:enabl|allow|facilitat|unlock|support)\w*\b"),
    _cue(0.7, r"\b(?:achiev|attain|reach|obtain|yield|deliver)\w*\b"),
    _cue(
        0.6,
        r"\b(?:effective|competitive|promising|strong|robust|generali[sz]|remarkabl|significant|substantial"
        r"|consistent)",
    ),
    _cue(1.5, r"\d\s?(?:%|×|x\b|points?\b|fold\b|percent|times\b|-fold)|\bfrom [\d.]+\S* to [\d.]+"),
    _cue(
        1.0,
        r"\b(?:experiment|result|evaluation|finding|ablation|stud(?:y|ies)|analys[ie]s)\w*\b.{0,60}\b(?:show"
        r"|demonstrat|reveal|indicat|confirm|validat|verif|suggest|highlight|prov(?:e|ing))",
    ),
    _cue(0.8, AUTHORS + r"(?:show|find|found|demonstrat|observ|discover|achiev|prove|report|establish|resolv|derive)"),
    _cue(0.4, r"\b(?:practical|real-world|practitioners?|applications?|deploy\w*|clinical|industr\w+)\b"),
    _cue(-1.2, AUTHORS + r"(?:propos|introduc|present|develop|design|construct|investigat|explor|aim)"),
    _cue(
        -2.0,
        r"\b(?:existing|prior|previous|traditional|conventional|current) (?:\S+ ){0,2}(?:methods?|approaches"
        r"|models?|works?|studies)\s(?:often|typically|usually|rely|fail|suffer|lack|struggle|are|have)",
    ),
    _cue(
        -1.0,
        r"\b(?:has|have) (?:recently |also |been |become|shown|demonstrated|achieved|made|emerged|revolutioni)",
    ),
    _cue(
        -1.0,
        r"^(?:however|yet|but|although|despite|unfortunately|to (?:address|tackle|overcome|achieve|improve))\b",
    ),
    _cue(-3.0, r"\b(?:code|dataset|models?|weights|demo)\b.{0,60}\b(?:available|released?|open-sourced?)\b|\?$"),
    _cue(-1.0, r"\b(?:future (?:work|research|stud)|we hope|paves? the way)"),
)
RELEASE = re.compile(
    r"\b(?:code\w*|data(?:sets?)?|models?|weights|checkpoints|benchmarks?|demo|toolkit|implementations?|corpus|framework"
    r"|library|resources|materials)\b[^;]{0,60}\b(?:is|are|was|were|be|been|being|made)\s(?:\w+ly\s|now\s|all\s|freely\s)?"
    r"(?:available|accessible|releas\w+|open-sourc\w+|open sourc\w+|public\b)"
    r"|\b(?:we|will|to|by)\s(?:\w+ly\s|also\s|fully\s)?(?:releas\w*|open-sourc\w*|publish)\b"
)
OUTLOOK: tuple[Cue, ...] = (
    _cue(
        3.0,
        r"\bfuture (?:\w+ ){0,2}(?:work|research|stud|direction|investigation|development|improvement"
        r"|exploration|advance)|\bin the future\b|\bfuture\.$",
    ),
    _cue(
        2.5,
        r"\b(?:pav(?:e|es|ed|ing) the way|open(?:s|ed|ing)? (?:up )?(?:new|the door|avenues|a new|possibilit"
        r"|promising)|stepping stone|first step|next generation|step towards?)",
    ),
    _cue(
        2.5,
        r"\bwe (?:hope|anticipate|expect|envision)\b|\bwe believe\b.{0,80}\b(?:will|can|could|may)\b|\bserv(?:e"
        r"|es|ing) as (?:a|an) .{0,40}(?:foundation|basis|resource)",
    ),
    _cue(1.5, r"\bpromising (?:direction|avenue|path|step|approach|alternative|solution)"),
    _cue(
        1.5,
        r"\b(?:inspir|motivat|guid|inform|foster|advanc)\w* (?:\w+ ){0,3}(?:research|development|design"
        r"|progress|work|advance)",
    ),
    _cue(1.0, r"\b(?:potential (?:to|for|of|in|as)|implications?)\b"),
    _cue(1.0, r"\b(?:limitations?|shortcomings?|caveats?|vulnerabilit\w+|risks?)\b"),
    _cue(
        1.5,
        r"\b(?:struggl\w+|lag(?:s|ging)? behind|fall(?:s|ing)? short|fails? to|far (?:from|below|behind)"
        r"|room for|significant(?:ly)? gaps?|yet to)\b|\bstill (?:\w+ )?(?:fac|limit|challeng|insufficient"
        r"|inadequate|show)",
    ),
    _cue(
        1.5,
        r"\bremain(?:s|ing)? (?:a |an |still |largely |highly )?(?:\w+ )?(?:challeng|open|unsolved|difficult"
        r"|unclear|limited|elusive)",
    ),
    _cue(1.0, r"\bopen (?:question|problem|challenge|issue)s?|\bchalleng(?:e|es|ing)\b"),
    _cue(
        1.5,
        r"\b(?:highlight|underscor|emphasi[sz]|reveal|suggest|motivat|demonstrat|indicat"
        r"|show)\w*\b.{0,40}\b(?:need for|need to|importance of|potential|promise)\b|\bcall(?:s|ing)? for\b"
        r"|\bwarrant\w*\b|\bfurther (?:research|work|stud\w+|investigation|exploration)\b",
    ),
    (RELEASE, 1.6),
    _cue(-1.5, AUTHORS + r"(?:propos|introduc|present|develop|design|construct)"),
    _cue(
        -1.5,
        r"^(?:to (?:address|tackle|overcome|mitigate|solve|bridge|this end)|despite|existing|current|recent)\b",
    ),
    _cue(-1.0, r"\b(?:has|have) (?:recently |also |been |become|shown|demonstrated|achieved|made|emerged)|\?$"),
)


def total(cues: tuple[Cue, ...], text: str) -> float:
    """Add up the weights of the cues found in `text`, each counted once."""
    lowered = text.lower()
    return sum(weight for pattern, weight in cues if pattern.search(lowered))
