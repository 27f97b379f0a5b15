"""What a support agent does in a call, without a window: what to say next, what was said, and what to write down.

`call` is the talk itself; read it first. Everything here is pure: codes and answers go in, sentences in both languages
come out.
"""
