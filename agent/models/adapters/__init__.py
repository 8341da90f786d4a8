"""The LoRA adapters that come with newaisle, each with its data, the script that trains it, and its model card."""
