"""The embedded stack: template.yaml in ministack, with function URLs beside it. Start with `stack.stack.Stack`."""
