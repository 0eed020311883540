"""Words of seeing, hearing and moving in the world (form: see keywords.py)."""

PERCEPTION_KEYWORDS: dict[str, dict[int, str]] = {
    "computer-vision": {
        6: """3d asset; 3d detection; 3d gaussian; 3d gaussian splatting; 3d generation; 3d human; 3d mesh;
            3d object detection; 3d perception; 3d reconstruction; 3d scene; 3d scene generation; 3d shape;
            3d understanding; 3dgs; 4d generation; 4d reconstruction; 4d scene; action recognition; anime;
            audio driven; autoregressive image; autoregressive image generation; autoregressive video; avatar;
            background removal; bird s eye view; body shape; bounding box; bundle adjustment; burst photography;
            camera calibration; camera control; camera controllable; camera motion; camera pose; change detection;
            character recognition; city generation; cloth simulation; co speech gesture; collaborative perception;
            color correction; colorization; comics; computer vision; concept customization; cooperative perception;
            crack detection; crowd; crowd counting; curve reconstruction; deblurring; deepfake detection;
            defect detection; dehazing; depth estimation; deraining; differentiable rendering; diffusion alignment;
            diffusion model alignment; document layout; document layout analysis; drag based editing; event camera;
            eye gaze; face generation; face recognition; face swapping; facial expression;
            facial expression recognition; feature matching; font generation; gait recognition; gaussian splatting;
            gaze estimation; gesture generation; glyph; ground to aerial; hairstyle; hand reconstruction; handwriting;
            hdr; head avatar; high dynamic range; human body; human centric video; human image; human motion;
            human pose; human pose estimation; human video; hyperspectral; image aesthetic; image anomaly detection;
            image autoregressive; image captioner; image captioning model; image classification; image composition;
            image compression; image customization; image denoising; image editing; image enhancement; image fusion;
            image generation; image generator; image harmonization; image inpainting; image manipulation;
            image matching; image personalization; image preference; image quality assessment; image registration;
            image restoration; image retrieval; image segmentation; image segmentation model; image stitching;
            image super resolution; image synthesis; image to 3d; image to video; image tokenization; image tokenizer;
            indoor scene; industrial anomaly detection; inpainting; instance segmentation; interactive segmentation;
            lane detection; license plate; lidar generation; light field; lip sync; logo; low light; makeup; manga;
            matting; mesh generation; mesh recovery; monocular depth; motion blur; motion generation; motion transfer;
            multi class anomaly detection; multi object tracking; multi view diffusion; multi view reconstruction;
            multi view stereo; nerf; neural radiance field; nighttime; novel view synthesis; object detection;
            object tracking; occupancy prediction; ocr; open vocabulary detection; open vocabulary segmentation;
            optical character; optical character recognition; optical flow; outpainting; panoptic segmentation;
            person re identification; photo; pixel level; point cloud; point cloud completion;
            point cloud segmentation; portrait; pose estimation; poster; product photo; radiance field;
            referring segmentation; reflection removal; relighting; remote sensing; saliency; sar image;
            satellite imagery; scene flow; scene generation; scene reconstruction; scene text; segment anything;
            semantic occupancy; semantic segmentation; shadow removal; sign language; signed distance; sketch;
            small object detection; smpl; stereo matching; story visualization; structure from motion; style transfer;
            super resolution; svg generation; synthetic aperture radar; table structure recognition; talking face;
            talking head; terrain generation; text to 3d; text to image; text to image alignment;
            text to image diffusion; text to image generation; text to image model; text to motion; text to texture;
            text to video; text to video generation; texture generation; tokenizing video; tri plane; typography;
            underwater image; v2x; vector graphics; vehicle detection; vehicle re identification; vfx; video coding;
            video compression; video diffusion; video diffusion model; video editing; video editing model;
            video frame interpolation; video generation; video generation model; video inpainting;
            video object segmentation; video prediction; video quality assessment; video restoration;
            video segmentation; video stabilization; video super resolution; video tokenization; video tokenizer;
            video world model; view synthesis; virtual try on; visual anomaly detection; visual autoregressive;
            visual autoregressive model; visual effect; visual generation model; visual inspection;
            visual localization; visual object tracking; visual odometry; visual place recognition; visual saliency;
            visual storytelling; visual text rendering; visual tokenizer; volume rendering; volumetric rendering""",
        4: """3d; 4d; aerial; aesthetic; camera; classifier free guidance; cnn; coco; color; consistency model;
            convnet; convolutional neural network; crack; dance; deformation; dense prediction; depth map;
            diffusion model; diffusion sampling; diffusion transformer; dino; dinov2; dit; drone imagery;
            egocentric video; eye tracking; face; facial; fashion; fine grained recognition; flow model; flux; fog;
            fps; frame interpolation; gan; garment; gaze; generative adversarial network; generative image; geometry;
            graphic design; guidance; hand pose; human object interaction; identity preserving; image; image model;
            image prior; image space; image to image; imagenet; imagenet 1k; imagery; implicit neural representation;
            infrared; instance level; keypoint; landmark; latent diffusion; latent diffusion model; layout;
            layout to image; lidar; masked image modeling; material; mesh; monocular; motion capture; multi concept;
            multi view; multi view consistent; neural field; noise schedule; novel view; object recognition;
            one step diffusion; panorama; panoramic; pedestrian; person detection; photograph; photorealistic; pixel;
            psnr; rain; rasterization; rectified flow; rendering; resnet; rgb; scene graph generation;
            scene understanding; score distillation; sdxl; segmentation; segmenting; self supervised visual;
            signed distance field; simultaneous localization and mapping; skeleton; slam; small target; snow; sora;
            spatial control; spatiotemporal; ssim; stable diffusion; stereo; subject driven; surface normal;
            surface reconstruction; synthetic image; t2i; t2v; terrain; texture; thermal; video; video clip;
            video dataset; video model; video recognition; video understanding; view consistent;
            vision foundation model; vision model; vision transformer; visual feature; visual foundation model;
            visual generation; visual prompt; visual quality; visual recognition; visual representation;
            visual representation learning; visual tracking; vit; voxel; vq vae; vqgan; yolo""",
        2: """2d; 3d aware; animation; anomaly detection; appearance; artistic; autoencoder; autoregressive; character;
            clip score; contrastive; controlnet; denoise; denoising; detection; detector; diffusion;
            feature extraction; fid; frame; geometric; high resolution; identity; illumination; latent space; mask;
            motion; object; occlusion; patch; photometric; photorealism; pose; realism; realistic; receptive field;
            reconstruct; reconstruction; resolution; sam; sampler; scene; shape; spatial; spatio temporal; style;
            subject; surveillance; temporal coherence; temporal consistency; text prompt; tracking; u net; unet; vae;
            view; vision; visual; vit based""",
        1: """backbone; encoder; feature map; generative model; image quality; object centric; perception;
            unsupervised domain adaptation""",
    },
    "multimodal": {
        6: """any to any; audio visual language; chart question answering; chart understanding;
            composed image retrieval; composed video retrieval; cross modal retrieval;
            egocentric video question answering; figure question answering; geometry problem; gui understanding;
            image and language; image question; image text; image text pretraining; image text retrieval;
            interleaved image text; interleaved text and image; large multimodal model; large vision language model;
            llava; lmm; long video understanding; lvlm; mllm; mllm hallucination; multi modal foundation model;
            multimodal benchmark; multimodal chain of thought; multimodal dataset; multimodal document;
            multimodal embedding; multimodal evaluation; multimodal foundation; multimodal foundation model;
            multimodal generation; multimodal hallucination; multimodal in context learning; multimodal instruction;
            multimodal language model; multimodal large language model; multimodal llm; multimodal model;
            multimodal pretraining; multimodal rag; multimodal reasoning; multimodal retrieval augmented generation;
            multimodal search; multimodal understanding; omni modal; omni model; omnimodal; scientific figure;
            table image; text and image generation; text image audio; text image interleaved; text to video retrieval;
            text video retrieval; unified multimodal; unified multimodal model;
            unified multimodal understanding and generation; video language model; video large language model;
            video llm; video moment retrieval; video question answering; video temporal grounding; video text;
            vision and language; vision centric; vision language; vision language alignment; vision language model;
            vision language pretraining; vision language understanding; visual chain of thought; visual document;
            visual grounding; visual instruction tuning; visual language; visual language model; visual puzzle;
            visual question answering; visual reasoning; visual spatial reasoning; vlm; webpage understanding""",
        4: """audio visual generation; chart; clip; combination of text; compositionality; cross modal; cross modality;
            dense caption; design to code; diagram; gpt 4v; hateful meme; image and text; image captioning;
            image comprehension; image text pair; image to code; image understanding; infographic; instructblip;
            internvl; meme; mmmu; modality; modality alignment; multi image; multi modality; multimodal;
            object hallucination; ocrbench; perception and reasoning; qwen2 5 vl; qwen2 vl; referring expression;
            region level; screenshot; spatial cognition; spatial intelligence; spatial reasoning;
            temporal understanding; text and image; text rich image; ui to code; understanding and generation;
            unified model; unified understanding and generation; video analysis; video captioning; video comprehension;
            video reasoning; video understanding model; vision encoder; visual context; visual encoder;
            visual evidence; visual hallucination; visual instruction; visual knowledge; visual math;
            visual perception; visual question; visual token; visual understanding; vl; vqa; webpage screenshot""",
        2: """caption; captioning; egocentric; frontier model; gpt 4o; grounding; image; modality gap; omni;
            text image; text to image; textual and visual; unified; video; visual; visual and textual; world knowledge;
            zero shot classification""",
        1: """alignment; comprehension; interleaved; open vocabulary; perception""",
    },
    "audio": {
        6: """acoustic feature; acoustic model; acoustic scene; anti spoofing; asr; audio benchmark; audio captioning;
            audio classification; audio codec; audio deepfake; audio fingerprint; audio generation;
            audio language model; audio large language model; audio processing; audio question answering;
            audio reasoning; audio retrieval; audio signal; audio token; audio understanding;
            audio visual speech recognition; audio watermark; audio watermarking; audiobook; audiollm;
            automatic speech recognition; beat tracking; bird song; bird sound; children s speech; cochlear;
            dysarthric; emotional speech; expressive speech; far field; foley; hubert; karaoke; keyword spotting;
            l2 speech; large audio language model; lip reading; multi speaker; multichannel speech; music captioning;
            music generation; music information retrieval; music language model; music model; music recommendation;
            music transcription; music understanding; neural audio codec; neural codec; noisy speech; phonetic;
            pronunciation assessment; room impulse response; second language speech; self supervised speech;
            singing voice; song generation; sound effect; sound event; sound event detection; sound localization;
            sound separation; sound source localization; source separation; speaker diarization; speaker independent;
            speaker recognition; speaker verification; speech corpus; speech data; speech dialogue; speech editing;
            speech emotion recognition; speech enhancement; speech foundation model; speech generation;
            speech intelligibility; speech language model; speech large language model; speech llm; speech model;
            speech processing; speech quality; speech recognition; speech representation; speech separation;
            speech signal; speech synthesis; speech text; speech to speech; speech to text; speech token;
            speech tokenizer; speech translation; speech understanding; spoken conversation; spoken dialog;
            spoken dialogue model; spoken language model; spoken language understanding; spoken question answering;
            stuttering; symbolic music; talker; text to audio; text to music; text to speech; underwater acoustic;
            vocal; vocalization; vocoder; voice activity detection; voice agent; voice assistant; voice cloning;
            voice conversion; voice generation; voice quality; voice style; wav2vec; whisper""",
        4: """accent conversion; acoustic; audio; audio editing; audio llm; audio synthesis; audio visual; auditory;
            beamforming microphone; binaural; bioacoustic; chord; conformer; ctc; drum; dubbing; echo cancellation;
            full duplex; generative error correction; guitar; hearing; hearing aid; librispeech; lyrics;
            mel spectrogram; melody; microphone; midi; music; musical; noise suppression; phoneme; piano; prosody;
            singer; sonic; sound; speaking style; spectrogram; speech; spoken; transcription; tts; turn taking;
            video to audio; voice; waveform; word error rate""",
        2: """accent; duplex; instrument; listener; noise robust; pitch; podcast; pronunciation; reverberation; song;
            speaker; timbre""",
        1: """emotion; streaming; utterance""",
    },
    "robotics": {
        6: """action expert; action tokenization; adas; aerial robot; automated parking; autonomous driving;
            autonomous navigation; autonomous racing; autonomous underwater; autonomous vehicle; barrier function;
            bimanual; biped; bipedal; car following; carla; closed loop driving; cloth folding; contact force;
            control barrier function; cross embodiment; deformable object manipulation; dexterous grasping;
            dexterous hand; dexterous manipulation; diffusion policy; driving policy; driving scene understanding;
            driving simulation; driving world model; drone; drone racing; ego vehicle; embodied; embodied agent;
            embodied ai; embodied intelligence; embodied memory; embodied navigation; embodied planning;
            embodied question answering; embodied reasoning; embodied task; end effector;
            end to end autonomous driving; end to end driving; exoskeleton; generalist robot policy; grasp; grasp pose;
            grasping; gripper; hexapod; household robot; human robot; human robot interaction;
            human trajectory prediction; humanoid; humanoid control; humanoid manipulation; humanoid robot;
            image goal navigation; in hand manipulation; inverse kinematics; lane change; lane keeping; legged;
            legged locomotion; loco manipulation; locomotion; manipulation task; manipulator; mobile manipulation;
            mobile robot; motion forecasting; motion planning; motion retargeting; multi robot; navigation policy;
            nuplan; object goal navigation; object rearrangement; occupancy grid; octo; off road; openvla;
            path planning; path tracking; pick and place; platooning; quadrotor; quadruped; real world robot; robot;
            robot assisted; robot control; robot data; robot execution; robot foundation model; robot hand;
            robot learning; robot manipulation; robot navigation; robot perception; robot policy; robot simulation;
            robot skill; robotic; robotic arm; robotic foundation model; robotic hand; robotic manipulation;
            robotic perception; robotic system; rt 2; self driving; semantic navigation; sensorimotor; service robot;
            social navigation; soft robot; surface vehicle; swarm robot; swarm robotics; tactile sensing;
            tactile sensor; teleoperated; teleoperation; trajectory optimization; trajectory planning;
            trajectory prediction; traversability; uav; underwater robot; underwater vehicle; unmanned aerial vehicle;
            vehicle control; vision and language navigation; vision language action; vision language action model;
            visual navigation; visual servoing; visuomotor; visuomotor policy; vla; vla model; wheeled;
            whole body control""",
        4: """6 dof; action chunking; action generation; action policy; affordance; calvin; collaborative perception;
            compliant; contact rich; cooperative perception; dexterous; driving; driving dataset; driving scenario;
            driving scene; embodiment; end to end policy; force feedback; gait; habitat; human video; imu; in hand;
            indoor navigation; inertial; joint torque; landing; libero; lyapunov; manipulation; manipulation policy;
            model predictive control; navigation; obstacle avoidance; pedestrian trajectory; proprioceptive;
            real robot; safe control; sim to real; steering control; tactile; task and motion planning;
            traffic participant; v2x; vehicle trajectory; world action model""",
        2: """action prediction; actuator; assembly; autonomous; closed loop; controller; demonstration; driver;
            egocentric; expert demonstration; kinematics; low level action; odometry; physical world;
            real world deployment; vehicle; whole body; world model""",
        1: """collision; control; physical; planning; policy; spatial""",
    },
}
