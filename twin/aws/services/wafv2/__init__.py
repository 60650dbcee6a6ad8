"""AWS WAF: web ACLs, what they protect and where they log."""
