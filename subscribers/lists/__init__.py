"""Lists of subscribers as files: in (`importing`) and out (`exporting`), in one shape (`columns`)."""
