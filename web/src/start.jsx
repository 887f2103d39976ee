// SPDX-License-Identifier: Apache-2.0
// start.jsx - what to do while there is nothing to show.
import { canOperate } from "./actions.jsx";
import { Empty, Lines } from "./parts.jsx";
import { link } from "./route.js";
import { total } from "./words.js";

export const FirstDevices = () => (
  <Empty title="No device has registered yet">
    <p>Point LwM2M devices at this daemon's CoAP address, or let a few simulated ones register:</p>
    <Lines>{`lockstep-device --server ${location.hostname}:5683 --count 5 --prefix demo- \\
  --component bootloader=2022.10 --component application=0.9.4`}</Lines>
  </Empty>
);

export const NoCampaign = ({ status, role }) => (
  <section class="card">
    {status && total(status.devices) === 0 && <FirstDevices />}
    <Empty title="No campaign yet">
      <p>A campaign brings devices to a bundle. {canOperate(role)
        ? <><a href={link("bundles")}>Upload a bundle</a>, then <a href={link("campaigns", "new")}>make a campaign from it</a>. It starts when you say so.</>
        : "An operator uploads a bundle and makes a campaign from it."} All of this is in <a href="/docs">the API</a> as well.</p>
    </Empty>
  </section>
);

export const NotStarted = () => (
  <Empty title="This campaign has not been started">
    <p>Look at its plan below. Its devices appear here once it has been started, with the button above.</p>
  </Empty>
);
