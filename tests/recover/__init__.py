"""Recovering from a stop and start of the cluster: the rules, the rounds, the command."""
