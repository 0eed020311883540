"""Words of language models, what they do and how agents learn (form: see keywords.py)."""

MODEL_KEYWORDS: dict[str, dict[int, str]] = {
    "llm": {
        6: """large reasoning model; llm alignment; llm evaluation; llm hallucination; llm post training;
            llm pretraining; llm reasoning; llm self improvement; reasoning llm""",
        4: """ai feedback; alignment of language models; autoformalization; best of n; chain of thought;
            chain of thought reasoning; circuit; code generation; code generation model; code language model; code llm;
            code synthesis; competition math; constitutional ai; context length; continual pretraining;
            continued pretraining; cot; diffusion language model; direct preference optimization; dpo;
            english centric llm; formal theorem proving; foundation language model; frontier model; grpo; gsm8k;
            hallucination detection; human preference alignment; in context; in context learning; induction head;
            instruction data; instruction following; instruction tuning; knowledge editing; knowledge neuron;
            language model; language model alignment; language model behavior; language model pretraining;
            language model reasoning; language model training; language modeling; large language model;
            latent reasoning; length generalization; llm; llm as a judge; llm calibration; llm training;
            llm uncertainty; lm; long chain of thought; long context language model; long output; long text generation;
            masked diffusion language model; math problem; math reasoning; math word problem; mathematical reasoning;
            model behavior; model editing; multilingual language model; multilingual large language model;
            multilingual llm; needle; olympiad; overthinking; persona vector; preference data; preference optimization;
            pretrained language model; process reward model; process supervision; program synthesis;
            prompt engineering; prompt optimization; prompt sensitivity; rationale; reasoning ability;
            reasoning benchmark; reasoning budget; reasoning distillation; reasoning length;
            reinforcement learning from human feedback; reinforcement learning with verifiable rewards;
            residual stream; reward hacking; reward model; reward modeling; rlhf; rlvr; self consistency;
            self play fine tuning; self rewarding; self training; small language model; supervised finetuning;
            system card; system prompt; theorem proving; theory of mind; thinking mode; token level; weak to strong;
            word problem""",
        2: """activated parameter; activation steering; alignment; baichuan; base model; chat; chatgpt; claude;
            code completion; commonsense reasoning; constrained decoding; context window; decoder only; deepseek;
            deepseek r1; emergent ability; ernie; factual knowledge; factuality; falcon; gemini; gemma; glm 4; gpt 4;
            gpt 4o; group relative policy optimization; hallucination; human feedback; human preference; hunyuan;
            inference time scaling; instruct; instruction diversity; internlm; kimi; llama; llama2; llama3;
            logical reasoning; long context; math; mathematical; mathematics; mechanistic interpretability; minicpm;
            mistral; model family; multi step reasoning; multiple choice; needle in a haystack; nemotron;
            next token prediction; o1; o3; olmo; open source language model; open weight; parametric knowledge;
            perplexity; post training; preference; prompt; prompting; qwen; qwen2; qwen2 5; qwen3; reasoning model;
            reasoning path; reasoning step; reasoning trace; rejection sampling; repository level; sae;
            self correction; self improvement; self refinement; sft; smollm; sparse autoencoder; steering vector;
            supervised fine tuning; sycophancy; system 2; technical report; temperature; test time compute;
            test time scaling; think; think step by step; thinking; token generation; tokenizer; verifiable reward;
            verifier""",
        1: """chatbot; decoding; generative ai; gpt; instruction; openai; pretraining; problem solving; reasoning;
            response""",
    },
    "agents": {
        6: """agent architecture; agent behavior; agent benchmark; agent communication; agent debugging;
            agent evaluation; agent failure; agent framework; agent generated; agent memory; agent planning;
            agent protocol; agent reinforcement learning; agent reliability; agent rl; agent robustness;
            agent safety evaluation; agent skill; agent society; agent training; agentic; agentic ai;
            agentic ai system; agentic coding; agentic framework; agentic information retrieval; agentic ir;
            agentic memory; agentic rag; agentic reasoning; agentic reinforcement learning; agentic rl; agentic search;
            agentic system; agentic tool use; agentic workflow; ai agent; android agent; android autonomous agent;
            api calling; api usage; app agent; automated research; autonomous llm agent;
            autonomous scientific research; browsecomp; claude code; code agent; code execution agent; codex;
            coding agent; computer use; computer use agent; computer using agent; customer service agent;
            data science agent; deep research; deep research agent; function calling; generalist agent; gui agent;
            gui automation; gui grounding; interactive agent; issue resolution; kaggle; language agent;
            large language agent; large language model agent; llm agent; llm based agent; llm based multi agent;
            llm debugging; llm powered agent; long term memory for agents; mcp; ml engineering agent; mobile agent;
            model context protocol; multi agent collaboration; multi agent framework; multi agent llm;
            multi agent orchestration; multi agent workflow; multimodal agent; osworld; paper reproduction;
            planning agent; proactive agent; research agent; research automation; scientific agent; search agent;
            self evolving agent; simulation of society; skill library; software engineering agent; swe bench;
            terminal bench; tool augmented; tool augmented llm; tool calling; tool documentation;
            tool integrated reasoning; tool learning; tool retrieval; tool selection; tool usage; tool use;
            travel planning; web agent; web automation; web browsing agent; web navigation; web search agent;
            webarena""",
        4: """agent; agent based system; agent interaction; agent system; agent trajectory; ai scientist; android;
            automated program repair; automated scientific discovery; autonomous agent; debugging; embodied agent;
            environment simulation; external tool; generative agent; gui; llm planning; llm simulation;
            long horizon agent; multi agent; multi agent debate; multi agent system; operating system;
            personal assistant; program repair; sandbox environment; simulated environment; skill evolution;
            social simulation; subagent; task automation; tool call; tool invocation; user simulation; vibe coding;
            virtual world; web interaction; web task""",
        2: """action sequence; action space; api call; app; autonomous system; browser; episodic memory;
            graphical user interface; harness; long horizon; long horizon task; orchestration; orchestrator; planner;
            self evolving; self reflection; simulated user; skill; task execution; task planning; tool; web; web page;
            workflow""",
        1: """autonomous; collaboration; interactive environment; memory; multi turn; planning; trajectory""",
    },
    "nlp": {
        6: """ai generated text; ai generated text detection; amharic; ancient text; annotation guideline;
            argument mining; aspect based; aspect based sentiment; attributed generation; authorship;
            authorship attribution; automated essay scoring; automatic post editing; basque; beir; bi encoder; bible;
            bitext; bm25; bulgarian; burmese; catalan; citation generation; claim verification; clinical nlp;
            code mixed; code mixing; code switching; colbert; commonsense question answering;
            computational linguistics; content extraction; controlled text generation; conversational search;
            coreference; coreference resolution; creole; croatian; cross encoder; cross lingual transfer;
            cultural heritage text; darija; dense retrieval; dependency parsing; detoxification; diacritic;
            dialog system; dialogue dataset; dialogue generation; dialogue state tracking; dialogue system;
            digital humanities corpus; document chunking; document classification; document retrieval;
            document translation; embedding benchmark; emotion recognition in conversation; entity linking;
            entity typing; essay scoring; etymology; event extraction; eye movement; eye movements in reading;
            fact checking; fact verification; factoid; fake news detection; financial nlp; galician;
            generative retrieval; grammatical error correction; hate speech; hate speech detection; hausa;
            headline generation; historical text; hungarian; icelandic; idiom; information extraction;
            information retrieval; intent detection; job posting; kannada; kazakh; keyword extraction; khmer;
            knowledge base question answering; language acquisition; language learner; language resource;
            legal judgment; legal nlp; legal question answering; lexical semantics; lexical simplification;
            linguistics; llm based translation; long form question answering; low resource language;
            machine generated text; machine generated text detection; machine reading; machine translation; malayalam;
            marathi; media bias; meeting summarization; metaphor; misinformation detection; mongolian; moroccan;
            morphological; ms marco; multi hop question answering; multilingual corpus; multilingual dataset;
            multilingual nlp; named entity recognition; natural language inference; natural language processing task;
            negation; nepali; neural machine translation; news source; news summarization; opinion mining;
            opinion summarization; parallel corpus; parallel data; paraphrasing; part of speech tagging;
            passage retrieval; patent; phonology; political discourse; propaganda; psycholinguistic; punjabi;
            quality estimation; query generation; query rewriting; question answering dataset; quran; readability;
            readers; reading comprehension; reading time; relation extraction; religious text; reranker; reranking;
            retrieval augmented generation; retrieval model; retrieval system; rhetorical; romanian; rumor detection;
            second language; semantic parsing; semantic similarity; semantic textual similarity; semeval;
            sentence embedding; sentence representation; sentiment analysis; serbian; shared task;
            simultaneous translation; sinhala; slovak; sparse retrieval; stance detection; stylometry; subtitle;
            surprisal; tagalog; tamil; task oriented dialogue; telugu; temporal question answering; term extraction;
            text analytics; text classification; text corpora; text detoxification; text embedding model;
            text representation; text simplification; text style transfer; text summarization; text to text; tibetan;
            topic model; topic modeling; translation evaluation; translation quality; typology; uyghur; uzbek;
            web content extraction; web corpus; welsh; word embedding; word sense disambiguation; xhosa; yoruba;
            zulu""",
        4: """african language; annotated corpus; annotated dataset; bert; cantonese; chunking; citation;
            citation recommendation; content analysis; conversational agent; conversational ai; corpora; corpus;
            counterspeech; cross lingual; cross lingual alignment; czech; dialect; dialog; dialogue; discourse;
            document; embedding model; emotion; emotion classification; endangered language; entailment;
            factual consistency; faithfulness; fake news; grammar; hebrew; human conversation; hybrid retrieval; indic;
            indonesian; inter annotator; interview; keyphrase; knowledge base; knowledge graph question answering;
            knowledge intensive; language identification; language variety; legal text; letter; lexical; long document;
            minority language; misinformation; monolingual; mt; multi document; multilingual benchmark; narrative;
            natural language generation; natural language processing; natural language understanding; ner; nlp;
            non english; open domain question answering; parliamentary; parser; parsing; passage; persona;
            political speech; qa; query expansion; question answering; question generation; rag; reading; relevance;
            retrieval augmented; retriever; roberta; role play; role playing; role playing agent; sarcasm;
            search engine; semantic role; sentiment; social media post; spoken dialogue; story generation;
            storytelling; summarization; swahili; syntactic; syntax; terminology; text encoder; text generation;
            text generation evaluation; text mining; thai; translate; translation; translator; transliteration;
            treebank; tweet; ukrainian; wikidata; word sense""",
        2: """annotation; annotator; answer; arabic; bengali; bilingual; book; conversation; conversational; cultural;
            entity; essay; f1; factual knowledge; greek; hindi; human written; intent; knowledge conflict;
            language learning; legal; lexicon; literary; llm generated text; multi hop; multilingual;
            multilingual language model; multilingual llm; news; news article; novel; paragraph; parametric knowledge;
            paraphrase; persian; poem; poetry; polarity; pragmatic; query; question; question answering pair; ranking;
            referring; retrieval; review; semantics; sentence; social media; summarize; summary; text; text embedding;
            tone; transformer based classifier; turkish; urdu; vietnamese; vocabulary; wikipedia; writing""",
        1: """chinese; culture; french; generation task; german; human evaluation; japanese; korean; labeling;
            language; natural language; polish; spanish; speaker; token; word""",
    },
    "reinforcement-learning": {
        6: """actor critic; alphago; alphazero; atari; average reward; bandit; bellman; best arm identification;
            constrained mdp; contextual bandit; continuous control; cooperative marl; curiosity driven;
            curriculum reinforcement learning; decision transformer; deep q network; deep reinforcement learning;
            deep rl; distributional reinforcement learning; dreamer; goal conditioned;
            goal conditioned reinforcement learning; group policy optimization; hierarchical reinforcement learning;
            importance sampling ratio; in context reinforcement learning; in context rl;
            inverse reinforcement learning; markov decision process; markov game; marl; mdp;
            model based reinforcement learning; model based rl; multi agent reinforcement learning; multi agent rl;
            multi armed bandit; multi objective reinforcement learning; muzero; off policy; off policy evaluation;
            offline reinforcement learning; offline rl; offline to online; online exploration; online rl; openai gym;
            partially observable; partially observable markov decision process; policy evaluation; policy gradient;
            policy iteration; policy optimization; policy optimization algorithm; pomdp; ppo;
            preference based reinforcement learning; procgen; proximal policy optimization; q function; q learning;
            q value; regret minimization; reinforcement fine tuning; reinforcement learning;
            reinforcement learning agent; reinforcement learning algorithm; reinforcement learning environment;
            reward design; reward free; reward machine; reward shaping; reward specification;
            risk sensitive reinforcement learning; rl; rl agent; rl algorithm; rl benchmark; robust mdp;
            safe reinforcement learning; skill discovery; soft actor critic; sparse reward; starcraft;
            successor feature; td learning; temporal difference; thompson sampling; traffic signal control;
            unsupervised reinforcement learning; unsupervised skill discovery; value based; value iteration;
            world models for reinforcement learning; zero sum markov game""",
        4: """behavior cloning; dispatching; dqn; entropy collapse; exploration bonus; game playing;
            grouped policy optimization; imitation learning; minecraft; minimax regret; monte carlo tree search;
            mujoco; on policy; optimal policy; policy learning; regret bound; reward function; reward learning;
            rl fine tuning; rl post training; rl training; self play; sequential decision making; sim to real;
            stochastic control; trust region; value function""",
        2: """agent learning; credit assignment; curriculum; environment; episode; exploration; exploration strategy;
            intrinsic motivation; policy; reward; rollout; state space; trajectory""",
        1: """agent; controller; decision making; game; simulator""",
    },
}
