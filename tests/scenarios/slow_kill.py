# SPDX-License-Identifier: Apache-2.0
"""kill -9 at 20 random moments of a campaign, three times with other moments."""

import harness
import kills


class TwentyKills(kills.Kills):
    kills = 20
    devices = 30

    def test_with_one_seed(self):
        self.seed = 11
        self.run_with_kills()

    def test_with_another_seed(self):
        self.seed = 12
        self.run_with_kills()

    def test_with_a_third_seed(self):
        self.seed = 13
        self.run_with_kills()


del kills.Kills
if __name__ == "__main__":
    harness.main()
