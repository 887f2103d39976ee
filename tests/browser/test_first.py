# SPDX-License-Identifier: Apache-2.0
"""A first visit."""

from steps import Steps, harness


class First(Steps):
    def test_helps_at_the_first_visit(self):
        self.steps("first.mjs")


if __name__ == "__main__":
    harness.main()
