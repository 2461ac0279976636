//! `branch-deployment delete`.

use offshoot_tests::script::{Reply, deployment};
use serde_json::json;

use super::compare::conform;
use crate::case::{Case, TOKEN};

fn delete(name: &str, tail: &str) -> Case {
    Case::new(name, format!("branch-deployment delete --api-token {TOKEN} {tail}"))
}

/// The deletion of `x`, when `root` is answered with this member of its union.
fn member(root: &str, typename: &str) -> Case {
    let fields = json!({"message": "boom", "stack": []});
    delete(&format!("{typename} of {root}"), "--url $URL -d x")
        .answer(root, Reply::member(root, typename, fields))
}

#[test]
fn table() {
    let mut production = deployment("x".into());
    production["deploymentType"] = "PRODUCTION".into();
    production["isBranchDeployment"] = false.into();
    conform![
        delete("by name", "--url $URL --deployment 2f6c1d0e"),
        delete("short flag", "--url $URL -d 2f6c1d0e"),
        delete("name with blanks", "--url $URL -d 'a b/c\u{e9}'")
            .ours_refuses("no deployment can have this name"),
        delete("by variable", "--url $URL").env("DAGSTER_CLOUD_DEPLOYMENT", "2f6c1d0e"),
        delete("URL by variable", "-o acme -d x").env("DAGSTER_CLOUD_URL", "$URL"),
        delete("URL with a deployment", "--url $URL/prod -d x"),
        delete("no name", "--url $URL").ours_refuses("nothing is deleted without a name"),
        delete("empty name", "--url $URL -d ''").ours_refuses("nothing is deleted without a name"),
        delete("an argument too many", "--url $URL x"),
        delete("a full deployment", "--url $URL -d x")
            .answer("deploymentByName", Reply::data("deploymentByName", production)),
        member("deploymentByName", "DeploymentNotFoundError"),
        member("deploymentByName", "UnauthorizedError"),
        member("deploymentByName", "PythonError"),
        member("deleteDeployment", "DeploymentNotFoundError"),
        member("deleteDeployment", "DeleteFinalDeploymentError"),
        member("deleteDeployment", "UnauthorizedError"),
        member("deleteDeployment", "PythonError"),
        member("deleteDeployment", "SomethingNewError"),
        delete("errors", "--url $URL -d x").answer("deleteDeployment", Reply::errors("boom")),
        delete("not authorized", "--url $URL -d x")
            .answer("deploymentByName", Reply::text(401, "text/plain", "no")),
    ];
}
