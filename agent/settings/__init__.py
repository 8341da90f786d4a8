"""Where things are, which models are used, and what answers are like: said once, in `settings.Settings`."""
