"""Recover: plans that put right what a stop and start of a cluster leaves behind, round by round.

A round is one plan. What it cannot know yet — the principal of an identity that Azure makes anew, the address that it
chooses for the API server — is the next round's business, once everything was read again. What ARM forgets meanwhile
is noted in the plans themselves.
"""
