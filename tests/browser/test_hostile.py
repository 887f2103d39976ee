# SPDX-License-Identifier: Apache-2.0
"""Names that would be script, in every view."""

import urllib.parse

from steps import Steps, harness


class Hostile(Steps):
    def test_shows_hostile_names_as_text(self):
        script = "<img src=x onerror=alert(1)>"
        tight = "<script>alert(1)</script>"
        model = harness.Image(self.folder, "model.bin", {tight: "2.0"}, 3000)
        self.fleet([f"count=2 prefix={tight}- manufacturer=<b>&amp;{tight} model={tight} component={tight}=1.0"], [model])
        self.wait_devices(2)
        endpoint = f"{tight}-1"
        quoted = urllib.parse.quote(endpoint, safe="")
        self.api.request("PUT", f"/v1/devices/{quoted}/tags", {"site": script, "link": "javascript:alert(1)"})
        self.upload([model], [harness.package(model)],
                    name="hostile", version="1", model=tight, vendor=script, notes=script, applies_to={
                        "manufacturer": f"<b>&amp;{tight}", "model": [tight]})
        campaign = self.campaign(q="endpoint==*", bundle="hostile@1", name=script)
        self.wait_campaign(campaign)
        self.api.post("/tokens", {"name": script, "role": "viewer"})
        both = [script, tight]
        self.steps("hostile.mjs", campaign=campaign, endpoint=endpoint, bundle="hostile@1", names={
            "fleet": both, "campaigns": [script], "campaign": both, "bundles": [script], "bundle": both,
            "device": both, "access": [script], "create": both, "completion": [script]})


if __name__ == "__main__":
    harness.main()
