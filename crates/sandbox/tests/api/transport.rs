//! HTTP itself: methods, bodies, limits, pages, and what is recorded.

use offshoot_sandbox::{DEFAULT_TOKEN, SandboxConfig};
use serde_json::{Value, json};

use crate::harness::{document, start, start_with, token};

#[test]
fn answers_have_no_errors_key_and_mistakes_are_a_400() {
    let sandbox = start();
    let post = |query: &str, variables: Value| {
        sandbox.post("/graphql", &[token(DEFAULT_TOKEN)], query, variables)
    };
    assert_eq!(
        post("{ organization { name } }", json!({})),
        (200, json!({"data": {"organization": {"name": "acme"}}}))
    );
    assert_eq!(post("{ organization { name } }", Value::Null).0, 200);
    for query in [
        "{ nothing }",
        "{ organization }",
        "{ organization {",
        "query Q($n: String!) { deploymentByName(name: $n) { __typename } }",
        "mutation { deleteDeployment(deploymentId: \"x\") { __typename } }",
        "",
    ] {
        let (status, answer) = post(query, json!({}));
        assert_eq!(status, 400, "{query}");
        assert!(answer["errors"][0]["message"].is_string(), "{query}: {answer}");
    }
}

#[test]
fn a_body_that_is_not_a_graphql_request_is_a_400() {
    let sandbox = start();
    for body in
        [json!([]), json!({}), json!("x"), json!({"query": 1}), json!([{"query": "{ version }"}])]
    {
        let (status, text) = sandbox.post_text("/graphql", &[token(DEFAULT_TOKEN)], &body);
        assert_eq!(status, 400, "{text}");
        assert!(text.contains("must be a JSON object"), "{text}");
    }
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nDagster-Cloud-Api-Token: {DEFAULT_TOKEN}\r\n"
    );
    let cut = sandbox.raw(
        format!("{head}Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{{\"q")
            .as_bytes(),
    );
    assert!(cut.starts_with("HTTP/1.1 400 "), "{cut}");
    let form = sandbox
        .raw(format!("{head}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes());
    assert!(form.starts_with("HTTP/1.1 415 "), "{form}");
    let large = sandbox.raw(
        format!("{head}Content-Type: application/json\r\nContent-Length: 16777217\r\n\r\n")
            .as_bytes(),
    );
    assert!(large.starts_with("HTTP/1.1 413 "), "{large}");
}

#[test]
fn queries_and_heads_are_bounded() {
    let sandbox = start();
    let nested = |depth: usize| {
        let query = format!(
            "{{ currentDeployment {{ {} deploymentId {} }} }}",
            "parentDeployment { ".repeat(depth),
            "}".repeat(depth)
        );
        sandbox.post("/graphql", &[token(DEFAULT_TOKEN)], &query, json!({})).0
    };
    assert_eq!(nested(20), 200);
    assert_eq!(nested(23), 400);
    assert_eq!(nested(10_000), 400);
    let wide = |fields: usize| {
        let fields: String = (0..fields).map(|n| format!("f{n}: version ")).collect();
        sandbox.post("/graphql", &[token(DEFAULT_TOKEN)], &format!("{{ {fields} }}"), json!({})).0
    };
    assert_eq!(wide(2_000), 200);
    assert_eq!(wide(2_001), 400);

    let headers = |count: usize| {
        let lines: String = (0..count).map(|n| format!("X-{n}: v\r\n")).collect();
        sandbox.raw(
            format!("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{lines}\r\n")
                .as_bytes(),
        )
    };
    assert!(headers(62).starts_with("HTTP/1.1 200 "));
    assert!(headers(63).starts_with("HTTP/1.1 431 "));
    let long = "x".repeat(200_000);
    let answer = sandbox
        .raw(format!("GET /healthz HTTP/1.1\r\nHost: h\r\nX-Long: {long}\r\n\r\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[test]
fn the_usual_introspection_query_is_answered() {
    let sandbox = start();
    let nested = "ofType { kind name ".repeat(7) + &"}".repeat(7);
    let query = format!("{{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ kind name
        fields(includeDeprecated: true) {{ name args {{ name type {{ kind name {nested} }} defaultValue }}
            type {{ kind name {nested} }} isDeprecated deprecationReason }}
        inputFields {{ name type {{ kind name {nested} }} }} interfaces {{ name }} enumValues {{ name }}
        possibleTypes {{ name }} }} }} }}");
    let schema = sandbox.field("/graphql", &query, json!({}));
    assert_eq!(schema["queryType"]["name"], "CloudQuery");
    assert_eq!(schema["mutationType"]["name"], "CloudMutation");
}

#[test]
fn pages_show_what_is_deployed_and_escape_it() {
    let sandbox = start();
    let query = "mutation { createOrUpdateBranchDeployment(
        branchData: {repoName: \"proj\", branchName: \"<b>&\", pullRequestUrl: \"https://pr.example/1\", pullRequestNumber: \"1\",
            branchUrl: \"javascript:alert(1)\", pullRequestStatus: OPEN}
        commit: {commitHash: \"abc\", timestamp: 1, commitMessage: \"<script>\"}
    ) { ... on DagsterCloudDeployment { deploymentName } } }";
    let made = sandbox.field("/graphql", query, json!({}));
    let branch = made["deploymentName"].as_str().unwrap();
    let mut bad = document("hooli", "img:<1>");
    bad["container_context"] = json!({"sandbox": {"fail": "it <broke>"}});
    sandbox.put(branch, bad);

    let path = format!("/{branch}/locations");
    let (status, page) = sandbox.get(&path, "*/*");
    assert_eq!(status, 200);
    for text in [
        "&lt;b&gt;&amp;",
        "href=\"https://pr.example/1\"",
        "(Open)",
        "&lt;script&gt;",
        "Loading",
        "img:&lt;1&gt;",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(!page.contains("javascript:") && !page.contains("<script"), "{page}");
    sandbox.advance(1.0);
    assert!(sandbox.get(&path, "*/*").1.contains("it &lt;broke&gt;"));

    let (status, all) = sandbox.get("/", "text/html");
    assert_eq!(status, 200);
    assert!(all.contains(branch) && all.contains("/acme/prod/locations"), "{all}");
    let (status, prod) = sandbox.get("/acme/prod/locations", "text/html");
    assert!(
        status == 200 && prod.contains("No code locations.") && !prod.contains(branch),
        "{prod}"
    );
    assert_eq!(sandbox.get("/nowhere/locations", "text/html").0, 404);
    assert_eq!(sandbox.get("/a/b/c/d", "text/html").0, 404);
    assert_eq!(sandbox.get("/healthz", "*/*"), (200, "ok\n".to_owned()));
}

#[test]
fn graphiql_is_for_browsers_only() {
    let sandbox = start();
    let (status, page) = sandbox.get("/prod/graphql", "text/html,*/*");
    assert!(status == 200 && page.contains("GraphiQL") && !page.contains(DEFAULT_TOKEN), "{page}");
    assert_eq!(sandbox.get("/prod/graphql", "application/json").0, 405);
    let (status, _) = sandbox.post_text("/prod/locations", &[token(DEFAULT_TOKEN)], &json!({}));
    assert_eq!(status, 405);
}

#[test]
fn requests_are_recorded_within_bounds() {
    let sandbox = start_with(SandboxConfig::default().requests_kept(2));
    sandbox.field(
        "/graphql",
        "mutation M($d: Float!) { m: markCliEvent(durationSeconds: $d, eventType: DEPLOY, tags: [\"a\"]) }",
        json!({"d": 1.5}),
    );
    let recorded = sandbox.inspect.requests();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].fields, ["markCliEvent"]);
    assert_eq!(recorded[0].variables, json!({"d": 1.5}));
    assert_eq!((recorded[0].path.as_str(), &recorded[0].deployment), ("/graphql", &None));
    sandbox.data("/prod/graphql", "{ version organization { name } }", json!({}));
    sandbox.data("//prod/graphql", "{ version }", json!({}));
    let recorded = sandbox.inspect.requests();
    let fields: Vec<_> = recorded.iter().map(|r| r.fields.join(" ")).collect();
    assert_eq!(fields, ["version organization", "version"]);
    assert_eq!(recorded[1].path, "//prod/graphql");
    assert_eq!(recorded[1].deployment.as_deref(), Some("prod"));

    let large = "x".repeat(9 * 1024 * 1024);
    sandbox.data(
        "/graphql",
        "query Q($n: String!) { deploymentByName(name: $n) { __typename } }",
        json!({"n": large}),
    );
    assert_eq!(sandbox.inspect.requests(), [], "one request may be too large to keep");
    sandbox.data("/graphql", "{ version }", json!({}));
    assert_eq!(sandbox.inspect.requests().len(), 1);
    sandbox.inspect.clear_requests();
    assert_eq!(sandbox.inspect.requests(), []);
}

#[test]
fn a_configuration_that_makes_no_sandbox_is_refused() {
    use offshoot_sandbox::{OrganizationConfig, Permission, router};
    let refused = |config: SandboxConfig| router(&config).err().map(|error| error.to_string());
    let organization = OrganizationConfig::new;
    let one = SandboxConfig::new();
    assert_eq!(refused(one.clone()).as_deref(), Some("a sandbox needs at least one organization"));
    for name in ["", "a/b", "a.b", "graphql", "healthz", "ä"] {
        let named = one.clone().organization(organization(name));
        assert!(refused(named).is_some_and(|e| e.contains("cannot be the name")), "{name}");
        let named = one.clone().organization(organization("a").deployment(name));
        assert!(refused(named).is_some_and(|e| e.contains("cannot be the name")), "{name}");
    }
    let twice = one.clone().organization(organization("a")).organization(organization("a"));
    assert_eq!(refused(twice).as_deref(), Some("`a` is there twice"));
    let twice = one.clone().organization(organization("a").deployment("d").deployment("d"));
    assert_eq!(refused(twice).as_deref(), Some("`d` is there twice"));
    let token = |name| organization(name).token("t", Permission::Admin);
    let shared = one.clone().organization(token("a")).organization(token("b"));
    let message = refused(shared).unwrap();
    assert_eq!(message, "a token of the organization `b` is empty or not unique");
    assert_eq!(refused(one.organization(token("a"))), None);
}
