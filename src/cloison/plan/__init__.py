"""Plan: the smallest set of changes that mends an environment, in an order that is proven before it is offered.

Predicts with the control plane and judges with `check`: the same code that answers clients and gives verdicts.
Sends nothing.
"""
