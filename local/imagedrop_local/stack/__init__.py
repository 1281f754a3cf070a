"""The embedded stack: template.yaml in ministack, function URLs beside it. Start with `stack.stack.Stack`."""
