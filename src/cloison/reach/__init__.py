"""Reach: who gets in, and what decided. Answers from network facets alone and knows no Azure resource type.

`docs/reach.md` states the rules that these modules implement: `names` and `zones` (who answers, with what), `routes`
and `egress` (which way a packet goes), `filters` (which rule lets it pass), `firewalls` (what an appliance does),
`doors` (whom a service lets in) and `walk`, which puts them in the order in which a packet meets them.
"""
