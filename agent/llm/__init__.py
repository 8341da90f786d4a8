"""Language models: what the pipeline asks of them, and the engine that runs them in this process."""
