// SPDX-License-Identifier: Apache-2.0
// main.jsx - the page: a token first, then the fleet, its campaigns, and one of them.
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import "./base.css";
import "./parts.css";
import "./views.css";
import { openApi } from "./api.js";
import { openLive } from "./live.js";
import { openResources, Session, useResource } from "./resources.js";
import { useRoute } from "./route.js";
import { SignIn } from "./signin.jsx";
import { Header } from "./header.jsx";
import { Fleet } from "./fleet.jsx";
import { CampaignList, useCampaigns } from "./campaigns.jsx";
import { Campaign } from "./campaign.jsx";
import { NoCampaign } from "./start.jsx";

const KEY = "lockstep-token";

function Page({ onLeave }) {
  const route = useRoute();
  const campaigns = useCampaigns();
  const status = useResource("/v1/status", () => true, () => true);
  const shown = route.campaign || campaigns.first;
  useEffect(() => {
    const name = campaigns.items?.find((c) => c.id === shown)?.name;
    document.title = name && route.campaign ? `${name} · Lockstep` : "Lockstep";
  }, [shown, route.campaign, campaigns.items]);
  const role = status.data?.principal.role ?? "viewer";
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => {
        e.preventDefault();
        document.getElementById("main").focus();
      }}>Skip to the campaign</a>
      <Header status={status.data} onLeave={onLeave} />
      <Fleet status={status} campaigns={campaigns.items} shown={route.campaign} />
      <div class={`columns ${route.campaign ? "has-campaign" : ""}`}>
        <CampaignList campaigns={campaigns} shown={shown} />
        <main id="main" tabIndex={-1}>
          {shown
            ? <Campaign key={shown} id={shown} filter={route.campaign ? route.filter : {}} role={role} />
            : campaigns.items && <NoCampaign status={status.data} />}
        </main>
      </div>
    </>
  );
}

function Signed({ token, onLeave, onRefused }) {
  const session = useMemo(() => {
    const api = openApi(token, onRefused);
    const live = openLive(api);
    return { api, live, resources: openResources(api, live) };
  }, [token]);
  useEffect(() => () => session.live.close(), [session]);
  return (
    <Session.Provider value={session}>
      <Page onLeave={onLeave} />
    </Session.Provider>
  );
}

function App() {
  const [token, setToken] = useState(sessionStorage.getItem(KEY));
  const [refusal, setRefusal] = useState("");
  const leave = (why) => {
    sessionStorage.removeItem(KEY);
    setRefusal(why);
    setToken(null);
  };
  const enter = (given) => {
    sessionStorage.setItem(KEY, given);
    setRefusal("");
    setToken(given);
  };
  return token
    ? <Signed token={token} onLeave={() => leave("")}
      onRefused={() => leave("The daemon no longer accepts this token. It may have been revoked, or have expired.")} />
    : <SignIn refusal={refusal} onEnter={enter} />;
}

render(<App />, document.getElementById("app"));
