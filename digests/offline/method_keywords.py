"""Words of making models, running them, protecting them and answering for them (form: see keywords.py)."""

METHOD_KEYWORDS: dict[str, dict[int, str]] = {
    "training": {
        6: """activation function; adamw; adapter tuning; attention variant; catastrophic forgetting;
            class incremental learning; conformal prediction; continual learning; curriculum learning;
            data attribution; data efficient; data mixing; data mixture; data pruning; data selection;
            dataset condensation; dataset distillation; distributed training; domain generalization; double descent;
            efficient pretraining; equivariant neural network; federated learning; fp8 training; generalization bound;
            gradient descent; grokking; hyperparameter optimization; implicit bias of; infinite width;
            kernel regression; knowledge distillation; kolmogorov arnold network; label noise; layer normalization;
            learning rate; learning rate schedule; learning theory; linear attention; linear transformer; long tailed;
            long tailed recognition; lora; lora adapter; lora fine tuning; loss landscape; lottery ticket;
            low precision training; low rank adaptation; machine learning theory; mean field;
            memory efficient fine tuning; memory efficient training; meta learning; mixed precision training;
            model merging; model soup; moe architecture; muon; nas; neural architecture search; neural scaling law;
            neural tangent kernel; noisy label; normalization layer; open set recognition; optimizer;
            out of distribution detection; overparameterized; pac bayes; parameter efficient;
            parameter efficient fine tuning; peft; pipeline parallelism; position embedding; positional encoding;
            residual connection; rotary position embedding; sample complexity; selective attention;
            semi supervised learning; sparse moe; sparse training; spiking neural network; stochastic gradient descent;
            task arithmetic; training dynamics; training efficiency; training stability; transformer architecture;
            transformer theory; weight averaging; weight decay; weight initialization; weight sharing;
            zero shot nas""",
        4: """active learning; adam; architecture search; associative memory; attention head; attention layer;
            attention mechanism; automl; backpropagation; bayesian neural network; bayesian optimization;
            causal representation learning; class imbalance; concept bottleneck; contrastive learning;
            convergence rate; convex; curriculum; data curation; data filtering; data influence; deep learning theory;
            depth scaling; diffusion language model; discrete diffusion; disentangled representation; disentanglement;
            distillation; domain adaptation; embedding layer; empirical risk; energy based model; equivariance;
            equivariant; evolution strategy; expressive power; expressivity; feature learning; few shot learning;
            fine tuning method; fisher information; flow matching; forward forward; foundation model training;
            geometric deep learning; gradient based; gradient clipping; gradient flow; hard negative; hebbian; hessian;
            hopfield; hypernetwork; identifiability; influence function; information bottleneck;
            instruction tuning data; kernel method; label smoothing; langevin; large batch; learning curve;
            lifelong learning; linear probe; loss of plasticity; low rank matrix; mamba; markov chain monte carlo;
            masked language modeling; mcmc; memory network; merging; metric learning; minimax optimization;
            mixture of experts; mixup; model stitching; moe; multi teacher; neural collapse;
            neural network architecture; neural ode; neuroevolution; neuromorphic; nonconvex; normalizing flow;
            optimal transport; out of distribution generalization; parameter space; plasticity; positive unlabeled;
            preconditioner; preconditioning; pretraining corpus; pretraining data; pretraining objective;
            prompt tuning; rademacher; recurrent neural network; representation learning; representational similarity;
            reprogramming; reservoir computing; saddle point; scaling law; score matching; second order optimization;
            self attention; self supervised learning; self supervised pretraining; sgd; sharpness; sharpness aware;
            simplicity bias; softmax attention; source free; sparse mixture of experts; state space model;
            stochastic approximation; student language model; student model; symmetry; teacher forcing;
            teacher language model; teacher model; teacher student; test time training; tokenization free;
            training objective; training recipe; transformer; universal approximation; variational inference; warmup;
            weak supervision; weight space; xlstm; zero cost proxy; zeroth order; zeroth order optimization""",
        2: """activation; adaptation; adapter; architecture; attention; autoregressive model; batch; batch size;
            calibration; cellular automata; checkpoint; compute budget; convergence; covariance; cross entropy;
            data augmentation; data synthesis; deep learning; deep neural network; depth; distill; distilled;
            distilling; distribution shift; domain shift; downstream task; dropout; ensemble; estimator;
            explainability; explainable; explainable ai; expressive; fine tune; fine tuning; finetuning; forgetting;
            gaussian process; generalization; gradient; hidden state; hyperbolic; inductive bias; initialization;
            initialization scheme; interpretability; label; layer; logit; loss function; low rank; lstm; merge; merged;
            momentum; multi objective optimization; multi task learning; network architecture; neural network; neuron;
            no code; nonlinearity; normalization; overfitting; parameter; perplexity; phase transition; pretrain;
            pretrained model; pretraining strategy; probing; recurrent; regularization; residual; rnn; scale up;
            scaling; self supervised; self supervision; semi supervised; sequence length; shapley; spectral; stability;
            student; subspace; superposition; supervision; synthetic data; synthetic data generation; task vector;
            teacher; test time adaptation; theorem; theoretical analysis; toy problem; trained from scratch; training;
            training data; training framework; training paradigm; transfer learning; uncertainty quantification;
            upper bound; width; xai""",
        1: """efficient; empirical study; gradient norm; learning; loss; network; supervised learning""",
    },
    "inference": {
        6: """1 bit; 2 bit; 4 bit; 4 bit quantization; 8 bit; accelerating diffusion; accelerating inference;
            activation quantization; attention kernel; attention sparsity; binary neural network; cache compression;
            cache eviction; cache reuse; compressed model; compressing; continuous batching; cuda; cuda kernel;
            draft model; dynamic inference; early exit; edge ai; edge deployment; edge device; efficient decoding;
            efficient inference; efficient vlm; expert pruning; fast inference; feature caching; flash attention;
            flashattention; fpga; gpu kernel; hardware accelerator; inference acceleration; inference cost;
            inference efficiency; inference engine; inference latency; inference optimal; inference optimization;
            inference serving; inference speedup; inference system; int4; int8; kv cache; kv cache compression;
            layer pruning; layer skipping; llm compression; llm inference; llm serving; long context inference;
            low bit; low bit quantization; memory bandwidth; mixed precision quantization; mixture of depth;
            model compression; model deployment; model pruning; model serving; offloading; on device;
            on device inference; parallel decoding; post training quantization; prefill; ptq; qat; quantization;
            quantization aware training; quantize; quantized; quantized model; quantizing; request scheduling;
            sparse attention; sparse attention kernel; sparsification; speculative decoding; speculative sampling;
            speed up; speeding up; structural pruning; structured pruning; ternary; token compression; token eviction;
            token merging; token pruning; token reduction; visual token compression; visual token pruning;
            weight only quantization; weight pruning; weight quantization""",
        4: """a100; accelerate; accelerated; accelerating; acceleration; acceleration framework; accelerator;
            activated token; asic; autoscaling; awq; batching; cache; cache based; caching; compiler optimization;
            compression; compute efficient; consumer gpu; context compression; cpu inference; decoding speed;
            disaggregated; drafting; edge computing; efficient deployment; embedding compression; energy efficiency;
            energy efficient; energy per token; expert parallelism; few step; fp4; fp8; gptq; gpu memory;
            gpu utilization; h100; hardware; hardware aware; hardware platform; heterogeneous hardware;
            in memory computing; inference overhead; inference time acceleration; jetson; key value; kv compression;
            kv sharing; latency; latency and throughput; lightweight deployment; long sequence inference; low latency;
            low rank compression; memory constrained; memory footprint; microcontroller; mobile device; model routing;
            multi gpu; mxfp4; npu; nvfp4; one step generation; operator fusion; outlier; parallel generation;
            plug and play acceleration; prefix caching; processing in memory; prompt compression; prune; pruned;
            pruning; raspberry pi; request latency; resource constrained; roofline; serverless; serving system; slo;
            smaller model; smartphone; smoothquant; sparsity; speculative; speedup; sub 4 bit; svd compression;
            tail latency; tensor core; throughput; time to first token; tinyml; token budget; token throughput;
            tokens per second; tpu; triton; vram""",
        2: """bit; cascade; compressed; computational cost; computational demand; computational efficiency;
            computational overhead; deployment; efficiency; efficient; fast; faster; flops; gpu; inference; kernel;
            memory constraint; memory consumption; memory usage; overhead; real time inference; redundancy; redundant;
            runtime; smaller; sparse; speed; training free; visual token""",
        1: """computation; cost; lightweight; memory; real time""",
    },
    "security": {
        6: """adversarial attack; adversarial defense; adversarial example; adversarial patch;
            adversarial perturbation; adversarial prompt; adversarial purification; adversarial robustness;
            adversarially; adversary; agent hijacking; agent safety; agentic misalignment; ai control;
            ai generated content detection; ai generated image detection; ai generated video; ai safety;
            alignment faking; anti spoofing; attack success rate; attack surface; authentication; backdoor;
            backdoor attack; backdoored; binary analysis; biometric; bioweapon; botnet; byzantine; canary; captcha;
            cbrn; certified robustness; cipher; clean label; code security; content manipulation; content moderation;
            copyright infringement; copyright protection; copyrighted; covert; covert channel; cryptographic;
            cryptography; cve; cyber attack; cybersecurity; data extraction; data poisoning;
            data reconstruction attack; dataset inference; ddos; deceptive alignment; deepfake; deepfake detection;
            differential privacy; differentially private; eavesdropper; elliptic curve; emergent misalignment;
            encryption scheme; ethereum; exploit; exploit generation; face anti spoofing; fake image detection;
            fake video detection; fingerprinting; forensics; fraud; fuzzing; gradient inversion; guardrail;
            harm detection; harmful content; harmful request; hazardous knowledge; hijacking; homomorphic encryption;
            identity verification; image forgery; image protection; insecure code; intellectual property;
            intrusion detection; jailbreak; jailbreak attack; jailbreaking; jailbroken; k anonymity; license violation;
            llm guardrail; llm safety; llm security; llm unlearning; log anomaly; machine unlearning; maliciously;
            malware; membership inference; membership inference attack; memory poisoning; model extraction;
            model fingerprint; model inversion; model ownership; model stealing; model theft; moderation;
            multi agent safety; network intrusion; network security; ownership verification; package hallucination;
            password; penetration testing; personally identifiable; phishing; physical layer security; pii; poisoned;
            poisoning; poisoning attack; power seeking; privacy attack; privacy leakage; privacy preserving;
            privacy risk; private inference; prompt attack; prompt extraction; prompt injection; prompt leakage;
            prompt stealing; public key; randomized smoothing; ransomware; red team; red teaming; refusal;
            reverse engineering; rogue; sabotage; safety alignment; safety benchmark; safety case; safety fine tuning;
            safety guard; safety guardrail; safety requirement; sandbagging; scam; scheming; secure aggregation;
            secure code; secure multiparty computation; side channel; signature scheme; situational safety;
            smart contract; spam; spoofing; steganography; supply chain attack; synthetic data detection; threat actor;
            threat intelligence; threat model; tool poisoning; toxic content generation; training data extraction;
            trojan; trust and safety; trusted execution environment; unsafe content; vulnerability detection;
            vulnerability repair; watermark; watermarking; web content manipulation; zero day; zero knowledge proof""",
        4: """access control; adversarial; adversarial setting; attack; attacker; chain of thought monitoring;
            copyright; deception; deceptive; defending; defense; emergent risk; encrypted; fraud detection;
            harmful output; harmfulness; leakage; malicious; memorization; misalignment; misuse; network traffic;
            over refusal; oversight; permission; privacy; safe alignment; safety evaluation; safety risk;
            safety tuning; scalable oversight; security; steal; stealing; tampering; threat; toxic output; triggers;
            unlearn; unlearning; unsafe; unsafe behavior; vulnerability""",
        2: """anonymization; authenticity; disclosure; encryption; evade; guard; harmful; hazard; leak;
            manipulation attack; monitor; provenance; risk; risk mitigation; robustness; safety; safety critical;
            safety shield; sandbox; secure; sensitive data; suspicious; toxicity; trustworthy""",
        1: """perturbation; protect; robust; safe; vulnerable""",
    },
    "ethics": {
        6: """academic integrity; accountability; ai accountability; ai act; ai adoption; ai and society; ai auditing;
            ai companion; ai ethics; ai governance; ai in education; ai incident; ai law; ai literacy; ai policy;
            ai regulation; ai risk; ai safety policy; algorithmic bias; algorithmic decision making;
            algorithmic fairness; algorithmic harm; algorithmic transparency; anthropomorphism; attitudes toward ai;
            bias in large language models; bias mitigation; colonial; compute governance; dark pattern;
            data governance; data protection; debiasing language models; decolonial; democratic; demographic bias;
            demographic group; demographic representation; deskilling; dialect bias; digital divide;
            digital sovereignty; emotional reliance; ethical; ethical bias; ethical reasoning; ethical risk; ethics;
            eu ai act; existential risk; export control; fairness; fairness aware; feminist; fundamental right; gdpr;
            gender bias; gender gap; global south; governance; group fairness; harms of ai; hiring; human autonomy;
            human oversight; human rights; ideological bias; inclusivity; indigenous; inequity; informed consent;
            job displacement; labor market; legal framework; lgbtq; liability; loneliness; marginalized; moral dilemma;
            moral judgment; moral reasoning; moral status; moral value; overreliance; parasocial; pluralistic;
            pluralistic alignment; policing; policy recommendation; political bias; political leaning; privacy law;
            public perception; public policy; public sector; racial bias; real world harm; representational harm;
            responsible ai; resume screening; risk management framework; risks of ai; social bias; social good;
            social impact; social norm; societal bias; societal impact; societal risk; socio technical; socioeconomic;
            sociotechnical; standard setting; stereotype; stereotypical; student use of ai; surveillance capitalism;
            technology policy; trustworthy ai; unesco; unfair; welfare; workforce""",
        4: """agi; cultural awareness; cultural bias; demographic; discrimination; disparity; election;
            environmental impact; equitable; equity; harm; human ai relationship; human value; ideological; ideology;
            justice; legal compliance; mental wellbeing; misinformation spread; moral; plagiarism; policy maker;
            policymaker; political; political correctness; protected attribute; public opinion; recruitment;
            regulation; regulatory; responsible; social science; societal; society; stakeholder; sustainability;
            transparency; trust in ai; trustworthiness; workers""",
        2: """audit; auditing; autonomy; bias; biased; children; civic; compliance; concern; consent; critical;
            cultural; culture; education; employment; ethics review; fair; gender; human ai collaboration;
            human centered; intervention; journalism; law; persuasion; race; religious; risk assessment; social; trust;
            underrepresented; wellbeing""",
        1: """community; human; impact; people; perspective; user""",
    },
}
