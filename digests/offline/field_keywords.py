"""Words of the fields that use AI, and of those that do without (form: see keywords.py)."""

FIELD_KEYWORDS: dict[str, dict[int, str]] = {
    "science": {
        6: """additive manufacturing; admet; aerodynamic; aeroelastic; agricultural; ai for science; air quality;
            aircraft; airfoil; alloy; alzheimer; anatomy; anesthesia; angiography; antimicrobial; artery; astronomy;
            astrophysical; autism; biodiversity; bioinformatics; biological; biology; biomedical; biopsy; bioreactor;
            biosignal; blood pressure; borehole; boundary value problem; brain computer interface; breast cancer;
            bridge structure; building energy; cancer; cardiology; cardiovascular; catalyst; cell segmentation;
            cell type; cervical; chemical engineering; chemical reaction; chemistry; chest x ray; chromosome; climate;
            climate data; climate model; clinical; clinical decision support; clinical llm; clinical note;
            clinical text; clinical trial; clinician; cognitive neuroscience; collider; computational biology;
            computational chemistry; computational fluid; computational fluid dynamics; computational mechanics;
            computed tomography; concrete printing; connectome; constitutive model; coronary; cortex; cortical;
            cosmology; covid 19; crack propagation; creep; cryo em; crystal structure; ct scan; cxr; damage detection;
            deeponet; deformable simulation; dementia; density functional theory; dental; dermatology; diabetes;
            diabetic; dietary; disaster response; disease; dna; docking; doctor; dosimetry; drug discovery;
            earth system; earthquake; ecg; ecg signal; echocardiography; ecological; eeg; ehr; elasticity;
            elderly care; electrocardiogram; electromyography; electronic health record; emergency department;
            endoscopic; endoscopy; epidemic; epidemiological; epidemiology; exoplanet; fatigue life; fetal;
            finite element; flood; fluid dynamics; fluid flow; fmri; force field; fourier neural operator;
            fracture mechanics; fundus; fusion reactor; gait analysis; galaxy; gene expression; genomics; geological;
            geology; geophysical; geotechnical; glioma; glucose; gravitational wave; groundwater; hamiltonian;
            health care; healthcare; healthcare llm; hearing loss; heart rate; heat transfer; hepatic; hindcast;
            histology; histopathology; hvac; hydrology; icu; immunotherapy; intensive care; interatomic potential;
            inverse design; kidney; knee; landslide; lattice qcd; lesion; leukemia; li ion battery; ligand; liver;
            long span bridge; lung; lymphoma; machining; magnetic resonance; mammography; manufacturing process;
            material property; materials discovery; materials science; mathematical modeling; medical; medical anomaly;
            medical device; medical diagnosis; medical exam; medical image; medical image segmentation;
            medical imaging; medical llm; medical question answering; medical record; medical report;
            medical segmentation; medical vision language; medical visual question answering; medical vqa; medicine;
            mental health; mesh free; metabolic; metamaterial; meteorological; microbiome; microscopy; mineral;
            molecular; molecular dynamics; molecular graph; molecule; molecule generation; mri; mri reconstruction;
            multigrid; natural disaster; navier stokes; neural operator; neuroimaging; neuroscience; nodule; nuclear;
            nuclear reactor; nuclei segmentation; nursing; nutrition; oil and gas; omics; oncology; operator learning;
            ophthalmology; optical coherence tomography; optical fiber; orbital; organ segmentation; orthopedic;
            parkinson; partial differential equation; particle physics; pathologist; pathology; pathology image; pde;
            peptide; pharmaceutical; phonon; photonic; photovoltaic; phylogenetic; physician; physicist;
            physics informed; physics informed neural network; physiological; pinn; plant disease; plasma; pollution;
            polymer; polyp; position based dynamics; positron emission tomography; power flow; power grid;
            power system; ppg; precipitation; pregnancy; process control; prostate; protein; protein language model;
            proteomic; psychiatric; psychiatry; psychotherapy; public health; pulmonary; quantum; quantum chemistry;
            quantum circuit; quantum computing; quantum error correction; quantum machine learning; qubit;
            radiological; radiology; radiology report generation; radiotherapy; rainfall forecasting; rehabilitation;
            reinforced concrete; reservoir simulation; respiration; respiratory; retinal; retrosynthesis; rna;
            robot assisted surgery; rocket; satellite weather; scientific discovery; seismic; seismology;
            semiconductor; sepsis; single cell; skin lesion; smart grid; soil; solid mechanics;
            spatial transcriptomics; species; spectroscopic; spin glass; spine; stiffness; stroke; structural analysis;
            structural engineering; subsurface; suicide; superconductor; surgery; surgical; surgical robot;
            symbolic regression; synthesis planning; telescope; therapy; thyroid; topology optimization;
            transcriptomic; triage; tumor; turbine; turbulence; typhoon; ultrasound; ultrasound image; vascular;
            vessel segmentation; veterinary; wavefunction; weather forecasting; welding; whole slide image; wildfire;
            wound; x ray""",
        4: """anatomical; antibody; atmospheric; bacteria; battery; blood; bone; brain; carbon; carbon emission;
            cardiac; chaos; chaotic; chemical; chemist; computational model; crystal; depression; diagnosis;
            diagnostic; differential equation; drug; dynamical system; earth observation; ecology; ecosystem;
            energy consumption; energy system; engineering design; enzyme; experimental physics; fish; fluid; food;
            forest; fracture; gene; genetic; genome; geoscience; geospatial; health; hospital; hydrogen; icd;
            intraoperative; lithium; mass spectrometry; mathematician; medical knowledge; monte carlo simulation;
            morphology; mortality; neural signal; neuron recording; nonlinear dynamics; numerical simulation; ocean;
            optics; organ; patient; pediatric; phenotype; physical simulation; physical system; physiology;
            preoperative; radiologist; rainfall; retina; simulation based; sleep; solar; solver; spacecraft;
            spectroscopy; state of health; steel; structural health; surgeon; surrogate model; symptom;
            temperature field; thermal conductivity; thermodynamic; tissue; vaccine; virus; wearable; weather; wind""",
        2: """animal; biologically; biomarker; cell; cloth; cognition; cognitive; cognitive science; cohort; crop;
            disaster; domain expert; electric; engineering; equation; experiment design; imaging; inverse problem;
            material; measurement; mechanical; mechanics; neural; numerical; physical law; physics; physics based;
            physics based simulation; physics simulation; plant; prognosis; psychological; science; scientific;
            scientific literature; scientific paper; scientist; screening; sensor; simulation; strain; structural;
            treatment; water""",
        1: """discovery; expert; industrial; interpretable; system identification""",
    },
    "data": {
        6: """approximate nearest neighbor; asset pricing; bankruptcy; boosted tree; causal direction;
            causal discovery; causal graph; causal identification; churn; click through rate;
            cold start recommendation; collaborative filtering; community detection; complex network;
            conversational recommendation; counterfactual analysis; credit risk; credit scoring; cross sectional; csv;
            cypher; dashboard; data cleaning; data imputation; data integration; data lake; data lineage;
            data marketplace; data mining; data preparation; data science automation; data valuation; data warehouse;
            database; dataframe; decision tree; demand forecasting; dimensionality reduction; earnings call;
            electricity load forecasting; energy forecasting; entity resolution; esg; event log; event sequence;
            event study; feature engineering; federated recommendation; financial benchmark; financial data;
            generative recommendation; generative recommender; geographic information; gnn; gradient boosted tree;
            gradient boosting; graph anomaly detection; graph attention; graph classification; graph clustering;
            graph contrastive learning; graph convolutional; graph database; graph foundation model; graph learning;
            graph neural network; graph representation learning; graph transformer; hawkes process; heterophily;
            high frequency trading; housing price; human mobility; hypergraph; imputation; index structure;
            information diffusion; insurance; item recommendation; k means; knowledge graph;
            knowledge graph completion; knowledge graph embedding; learned index; link prediction; link recommendation;
            load forecasting; log analysis; marketing; matrix factorization; message passing; missing value;
            mobility data; multivariate time series; nearest neighbor search; network analysis; news recommendation;
            next poi; nl2sql; node classification; olap; online advertising; ontology matching; option pricing;
            origin destination; outlier detection; panel data; poi recommendation; point of interest; point process;
            portfolio; predictive maintenance; price prediction; process mining; quantitative finance; query execution;
            query optimizer; ranking ads; real estate; recommendation; recommender; recommender system;
            relational database; remaining useful life; schema matching; semantic table; sequential recommendation;
            session based; smart meter; social network; social network analysis; sparql; spatial data;
            spatio temporal forecasting; spatiotemporal forecasting; spectral clustering; spreadsheet; sql;
            sql generation; stock market; stock prediction; structured query; survival analysis;
            table instruction tuning; table question answering; table reasoning; table understanding; tabular;
            tabular data; tabular foundation model; tabular learning; temporal graph; tensor factorization;
            text to sql; time series; time series analysis; time series anomaly detection; time series forecasting;
            time series foundation model; time series reasoning; trading; traffic data; traffic flow;
            traffic forecasting; traffic prediction; traffic speed; treatment effect; urban computing;
            user behavior modeling; user churn; user embedding; vector database; web mining; xgboost""",
        4: """accounting; advertising; anomaly; bank; bitcoin; causal inference; causal model; clustering;
            cryptocurrency; customer; data analysis; data science; data stream; data visualization; e commerce;
            earnings; engagement; finance; financial; firm; forecast; forecasting; gbdt; graph generation; graph rag;
            graph reasoning; heterogeneous graph; inventory; invoice; join; network embedding; network structure;
            query optimization; random forest; retail; sales; schema; stock; structured data; survey data; table;
            tabular benchmark; temporal pattern; time signal; topological; trading volume; user modeling;
            user preference; user preference modeling; volatility""",
        2: """analytics; anomaly detection; bid; business; causal; click; column; counterfactual; data quality;
            dataset search; equity; feature selection; graph; heterogeneous; item; log; market; metadata; multivariate;
            node; ontology; outlier; predictive; record; regression; row; semi structured; statistical;
            trajectory data; transaction; univariate; user; user engagement""",
        1: """correlation; dataset; pattern; prediction; preference; rating; variable""",
    },
    "other": {
        6: """5g; 6g; abstract argumentation; accessibility; adas testing; age of information; answer set programming;
            antenna; api misuse; apportionment; approximation algorithm; argumentation framework; auction;
            augmented reality; automata; automated planning; automaton; bargaining; beamforming; bibliometric;
            blind user; blockchain; bluetooth; broadcast channel; bug localization; cake cutting; capacity region;
            category theory; cellular network; channel capacity; channel coding; channel estimation;
            channel state information; citation analysis; classical planning; classroom; cloud computing;
            co design workshop; code clone; code review; code smell; coded caching; codeword; coding theory;
            cognitive architecture; combinatorial optimization; combinatorics; commit message; compiler;
            complexity theory; compressed sensing; compressive sensing; computability; computer science education;
            conflict based search; congestion control; congestion game; consciousness; constraint model;
            constraint modeling; constraint programming; constraint satisfaction; constraint solver;
            continuous integration; contract design; contract theory; control theory; conversational interface;
            cooperative game; creativity support; cryptoeconomics; csi feedback; cyclic code; data structure;
            defect prediction; deletion channel; description logic; devops; differential game; differential geometry;
            direction of arrival; discrete mathematics; distributed storage; downlink; econometric; economics;
            economist; edge caching; engineering education; entropy coding; entropy inequality; envy free;
            epistemic logic; erasure code; error correcting code; extremal; facility location; fair division;
            formal method; formal specification; formal verification; game design; game theoretic; game theory;
            graph algorithm; graph coloring; graph theory; group testing; gui testing; haptic interface;
            hierarchical task network; historian; human computer interaction; hypothesis testing; information theory;
            insertion deletion; integer linear programming; integer programming; integrated development environment;
            integrated sensing and communication; intelligent reflecting surface; intelligent tutoring;
            intelligent tutoring system; internet of things; iot; isac; job shop; knowledge compilation;
            knowledge representation and reasoning; knowledge tracing; ldpc; learning analytics; leo satellite;
            library science; linear code; list decoding; locally repairable; logic programming; massive mimo;
            matching market; maximin share; mds code; mechanism design; metamorphic testing; microservice;
            millimeter wave; mimo; mixed integer; mmwave; mobile app development; mobile app testing; modal logic;
            model checking; model driven engineering; modulation classification; mooc; multi agent path finding;
            multi agent pathfinding; multiple access channel; music education; mutation analysis; mutation testing;
            nash equilibrium; network protocol; noma; nonmonotonic; number theory; ofdm; open source project;
            operations research; partial information decomposition; participatory budgeting; path finding; pathfinding;
            pddl; pedagogical; pedagogy; peer review; phase retrieval; philosophical; philosophy; planning domain;
            poker; polar code; potential game; power allocation; prediction market; price of anarchy; pricing;
            private information retrieval; program analysis; programming assignment; programming education;
            proof complexity; pull request; radar; radar signal; ramsey; rate distortion; reed solomon;
            regression testing; repeated game; requirements engineering; research evaluation; resource allocation;
            rest api; rssi; sat solver; satellite communication; satisfiability; satisfiability modulo theories;
            scheduling problem; scientometrics; self dual code; semantic communication; set theory; signal detection;
            social choice; social deduction; software architecture; software development; software engineering;
            software maintenance; software project; software quality; software reliability; software test;
            software testing; source coding; sparse recovery; spectrum sensing; spectrum sharing; spin system;
            stable matching; stack overflow; static analysis; student modeling; sudoku; supply chain management;
            symbolic execution; technical debt; telecom; telecommunication; temporal logic; temporal planning;
            terahertz; test automation; test case; test case generation; test generation; test oracle;
            test prioritization; test suite; think aloud; timetabling; tokenomics; tournament; transport planning;
            turing machine; tutoring system; type system; uml; unit test; uplink; user interface; user scheduling;
            user story; vehicle routing; video game development; virtual reality; visually impaired; voting;
            voting rule; web testing; wi fi; wireless; wireless communication; zero sum game""",
        4: """algorithm design; art history; auctioneer; base station; belief revision; bidding; board game;
            bounded rationality; buyer and seller; cellular; channel; chess; coalition; competitive equilibrium;
            conjecture; consumer; coordination strategy; course; creative; crowdsourcing; crowdsourcing platform;
            curriculum design; cyber physical system; decoder design; design tool; developer; digital humanities;
            digital twin; dynamic programming; economic environment; economy; educational; educator; equilibrium;
            erasure; evolutionary algorithm; genetic algorithm; hamming; heuristic search; heuristics; incentive;
            industrial engineering; instructor; interface design; interference; java; kalman filter;
            knowledge representation; logistics; maximum likelihood; metaheuristic; minimum distance;
            mobile application; network management; open source library; optimal control; participatory design;
            particle swarm; partition function; payoff; permutation; procedural content generation; programmer; puzzle;
            quality assurance; reconfigurable intelligent surface; refactoring; reliability; robust statistics;
            scheduling; sensor network; signal processing; source code; spectrum; statistical estimation; strategic;
            subspace recovery; supply chain; swarm intelligence; symbolic ai; target tracking; tester; traffic signal;
            turing; tutoring; urban planning; usability; user centered; user experience; user interface design;
            utility function; visual analytics; visualization; voter; warehouse; web development""",
        2: """agile; algebra; algebraic; allocation; axiom; bug; code base; combinatorial; complexity; constraint;
            covariance; curriculum; engineer; estimator; explainable ai; front end; ide; interaction design; interface;
            interview; learner; logic; lower bound; matching; np hard; optimal; participant; polynomial; practitioner;
            programming language; proof; protocol; qualitative study; rationality; rules; smart city; software;
            stakeholder interview; stochastic; strategic interaction; student performance; symbolic; testing; theorem;
            user study; xai""",
        1: """algorithm; axiomatic; computing; mathematical; position paper; student; survey; teacher; tutor""",
    },
}
