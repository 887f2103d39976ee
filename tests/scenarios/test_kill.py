# SPDX-License-Identifier: Apache-2.0
"""A few kills in every run; slow_kill.py has twenty."""

import harness
import kills


class AFewKills(kills.Kills):
    kills = 4
    seed = 7

    def test_ends_as_if_nothing_had_happened(self):
        self.run_with_kills()


del kills.Kills
if __name__ == "__main__":
    harness.main()
