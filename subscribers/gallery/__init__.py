"""Every mail there is, made of days that are not news, for looking at: `make gallery`."""
