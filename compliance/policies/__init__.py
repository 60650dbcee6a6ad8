"""The agency's own policies, as Checkov checks: one module a policy, read by Checkov's process only.

A module whose name begins with an underscore is shared by policies and is none. Each policy has examples that it
passes and fails, in compliance/canaries, which every scan judges beside the program.
"""

__all__: list[str] = []
