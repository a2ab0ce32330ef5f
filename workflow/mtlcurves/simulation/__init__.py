"""Studies with a known truth: learning curves drawn from a model, and assays simulated on real molecules."""
