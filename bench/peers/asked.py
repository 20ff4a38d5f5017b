# SPDX-License-Identifier: Apache-2.0
"""A process that answers each line with a line: a peer at work, so that it may die alone."""
import subprocess
import tempfile


class Failed(Exception):
    """The process `asked` is gone; the text says how."""

    def __init__(self, text, asked):
        super().__init__(text)
        self.asked = asked


def last_words(messages, code):
    lines = messages.strip().splitlines() or ["no message"]
    return f"{lines[-1]} (exit {code})"


class Asked:
    def __init__(self, command, environment=None):
        self.messages = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.messages, text=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.process.kill()     # nobody waits for what it is at, which may take minutes
        self.process.communicate()
        self.messages.close()

    def answer(self):
        line = self.process.stdout.readline()
        if not line.endswith("\n"):
            raise self.failed()
        return line

    def ask(self):
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self.failed() from None
        return self.answer()

    def failed(self):
        self.process.communicate()
        self.messages.seek(0)
        return Failed(last_words(self.messages.read(), self.process.returncode), self)
