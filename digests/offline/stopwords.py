"""Word lists that tell terms and names from the rest of an abstract."""


def word_set(text: str) -> frozenset[str]:
    """The words of a text, which lists them more readably than one string a line."""
    return frozenset(text.split())


# Words no term may contain: function words, and the verbs, adverbs and praise that fill abstracts.
FILLER = word_set(
    """
    a able about above according achieve achieved achieves achieving across additional additionally address
    addresses addressing adopt after against aim aims all allow allowing allows almost along already also although
    always among an analyze and another any apart apply applying approximately are around as at available away based
    be because become becomes becoming been begin being best better between beyond both bridge briefly broad but by
    call called came can carefully case certain challenge challenges challenging clear close combine combined
    combines combining come common commonly comparable compare compared comparing complex comprehensive conduct
    consider consistent consistently construct contains contribute cost-effective could create critical crucial
    current currently deal deep define defined demonstrate demonstrated demonstrates demonstrating denote depend
    derived design designed despite detailed develop developed developing did different difficult directly distinct
    diverse do does dubbed due during each easily easy-to-use effective effectively efficient efficiently either
    emerge emerged emerging employ enable enabled enables enabling end-to-end enhance enhanced enhances enhancing
    ensure ensuring entire especially essential establish evaluate evaluated evaluating even every everyday exhibit
    existing exploit explore exploring extend extensive fail fast few final find finding finds first five focus
    focuses follow following for found four from full fully fundamental further furthermore gap general generally
    generate generated generates get give given go good good-quality great growing had handle hard has have help
    helps hence here high high-quality higher highlight highly hope how however i ideal identify ie if impact
    implement important improve improved improves improving in include including incorporate incorporating increase
    increasing increasingly inherent initial inspired instead integrate integrates integrating into introduce
    introduced introduces introducing investigate involve is issue issues it its itself just keep key known lack
    large-scale largely later lead leading leads left less let leverage leveraged leverages leveraging like limit
    limitation limitations limited limits long-standing lot low lower made main mainly maintain maintaining
    maintains major make makes making many may mean means meanwhile meet might minimal mitigate modern more moreover
    most much multiple must name named namely near nearly necessary need needed needs never new next no nonetheless
    nor not notably novel now numerous observe obtain obtained of offer offers often on once one only open
    open-source open-sourced or original other others our ours out outperform outperforming outperforms over overall
    overcome overlooked paper part particular particularly per perform performed performing performs plays
    plug-and-play poor popular pose possess possible potential powerful practical present presents preserve
    prevalent prevent previous previously primarily principled prior produce produces producing promising proper
    propose proposed proposes proposing prove provide provided provides providing publicly put quite raise ranging
    rapid rapidly rarely rather reach reached real-world recent recently reduce reduced reduces reducing relatively
    relevant rely relying remain remains remarkable require required requires requiring respectively reveal reveals
    rich rise same scarce second seek seen select serve serves set sets several severe shall short should show
    showed showing shown shows significant significantly similar simple simply since single so so-called solely
    solve some sought special specific specifically standard start state-of-the-art still straightforward strong
    struggle study substantial success successful successfully such suffer sufficient suggest suitable superior
    support surge surpass surpasses surpassing tackle take taking target termed than that the their them then there
    thereby therefore these they third this those though three through thus to together too toward towards
    traditional trained true try turn two typical typically ultimately unable under underexplored underlying
    understand unexplored unified unifies unique unlike until up upon us use used useful uses using utilize
    utilizing valuable various vary vast versatile very via want was way we well were what when where wherein
    whether which while who whole whose why wide widely widespread will with within without work works would yet
    yield yields you your zero
    """
)
# Words that say nothing, alone or beside one another: "model performance" is no term.
GENERIC = word_set(
    """
    ability accuracy action advance advancement algorithm analysis application approach architecture area aspect
    assessment baseline benchmark capability case category challenge communication community comparison component
    concept concern condition contribution cost data dataset decision demand development dimension direction domain
    effect effectiveness efficiency effort error evaluation evidence example experiment factor feature field finding
    form framework function goal group idea improvement inference insight instance large layer length level
    literature llm lm mechanism method methodology metric ml model module network number objective operation
    opportunity output paper parameter pattern performance pipeline point practice problem procedure process
    progress property quality question range rate reason research researcher resource response result review
    robustness sample scale scenario score set setting size small solution source space speed stage state step
    strategy structure study subject superiority survey system task technique technology term test theory time tool
    topic training type value variety version way work year
    """
)
# Words that name a field too wide to stand alone, but a subject beside another: "image editing", "agent memory".
WIDE = word_set(
    """
    adaptation agent ai alignment animation annotation attention classification clustering code collection
    compression context control design detection document editing embedding encoder environment estimation
    exploration extraction fine-tuning generalization generation human image information input institution
    instruction integration intelligence interaction knowledge language learning mapping memory modeling movement
    optimization organization perception planning post-training pre-training prediction processing
    question-answering reasoning recognition reconstruction representation requirement scaling segmentation
    selection sequence simulation supervision text thinking transformer translation treatment tuning understanding
    user video world
    """
)
# Capitals that every reader knows, units, hardware, and the names of scores.
UNTELLING_NAMES = word_set(
    """
    2D 3D 4D A100 AI API ArXiv arXiv AUC AUROC BF16 BLEU CPU CUDA CV dB DL DNN F1 FID FLOPs FP16 FP8 FVD GB GitHub
    GPU GPUs H100 HTML HuggingFace Hz ID IDs II IID III INT4 INT8 IoU IV JSON KB kHz LLM LLMs LM LMs LPIPS MAE mAP
    MB MHz mIoU ML MSE NLP NN OOD OpenAI OS PC PDF PSNR QA RAM RL RMSE ROUGE RQ1 RQ2 RQ3 RTX SFT SOTA SoTA SSIM TB
    UI URL US V100 VRAM VS YouTube
    """
)
