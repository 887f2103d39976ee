// SPDX-License-Identifier: Apache-2.0
// main.jsx - the page: a token first, then the view that the address names.
import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import "./base.css";
import "./parts.css";
import "./views.css";
import { Access } from "./access.jsx";
import { Add } from "./add.jsx";
import { alertsOf } from "./alerts.jsx";
import { openApi } from "./api.js";
import { Bundle, Bundles } from "./bundles.jsx";
import { Campaign } from "./campaign.jsx";
import { Campaigns } from "./campaigns.jsx";
import { Create } from "./create.jsx";
import { Device } from "./device.jsx";
import { Fleet } from "./fleet.jsx";
import { Header } from "./header.jsx";
import { Help, useKeys } from "./keys.jsx";
import { openLive } from "./live.js";
import { Empty, ViewHead } from "./parts.jsx";
import { ofKind, openResources, Session, useResource } from "./resources.js";
import { useRoute } from "./route.js";
import { SignIn } from "./signin.jsx";

const KEY = "lockstep-token";

const NotHere = () => (
  <>
    <ViewHead title="Nothing is here" />
    <section class="card"><Empty title="This address has no view"><p>It may be old, or mistyped. <a href="#/">Look at the fleet.</a></p></Empty></section>
  </>
);

function View({ route: { view, id, filter }, status, role, alerts }) {
  if (view === "") return <Fleet status={status} alerts={alerts} filter={filter} role={role} />;
  if (view === "campaigns" && id === "new") return <Create filter={filter} role={role} />;
  if (view === "campaigns" && id) return <Campaign key={id} id={id} filter={filter} role={role} />;
  if (view === "campaigns") return <Campaigns role={role} status={status.data} />;
  if (view === "bundles" && id) return <Bundle key={id} id={id} role={role} />;
  if (view === "bundles") return <Bundles role={role} />;
  if (view === "devices" && id) return <Device key={id} endpoint={id} role={role} />;
  if (view === "devices") return <Add role={role} />;
  if (view === "access") return <Access role={role} filter={filter} />;
  return <NotHere />;
}

const TITLES = { "": "Fleet", campaigns: "Campaigns", bundles: "Bundles", devices: "Devices", access: "Access" };

/** Another view begins at its top, and is what the keyboard is in. */
function useArrival({ view, id }) {
  const before = useRef(null);
  useEffect(() => {
    document.title = `${[id, TITLES[view]].filter(Boolean).join(" · ")} · Lockstep`;
    if (before.current) {
      window.scrollTo(0, 0);
      document.getElementById("main").focus({ preventScroll: true });
    }
    before.current = true;
  }, [view, id]);
}

function Page({ onLeave }) {
  const route = useRoute();
  const keys = useKeys();
  const status = useResource("/v1/status", () => true, () => true);
  const campaigns = useResource("/v1/campaigns?limit=50", ofKind("campaign"));
  const alerts = alertsOf(status.data, campaigns.data?.items);
  useArrival(route);
  const role = status.data?.principal.role ?? "viewer";
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => {
        e.preventDefault();
        document.getElementById("main").focus();
      }}>Skip to the content</a>
      <Header status={status.data} shown={route.view} alerts={alerts.length} onHelp={() => keys.setHelp(true)} onLeave={onLeave} />
      <main id="main" tabIndex={-1}>
        <View route={route} status={status} role={role} alerts={alerts} />
      </main>
      {keys.isHelp && <Help keys={keys} />}
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
