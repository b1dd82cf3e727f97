//! The audit log as its reader sees it: its events, and the field that asks for them. In no other schema.

use async_graphql::dynamic::TypeRef;
use indexmap::IndexMap;

use crate::graphql::model::{Enum, InputValue, Model, Object, Resolve, Type};

/// The field of the query.
pub(super) fn root(query: Object) -> Object {
    let doc =
        "Who asked what, and what came of it, the newest first (Dutch: logboek). That you read it is written down too.";
    let of = |name: &str, ty: &str, doc: &str| InputValue::new(name, TypeRef::named(ty), doc);
    let args = vec![
        of("from", "Date", "Events of this day and later ones, Amsterdam."),
        of("until", "Date", "Events of the days before this one."),
        of("role", TypeRef::STRING, "Of this role."),
        of("organisation", TypeRef::STRING, "Of this organisation."),
        of("outcome", "AuditOutcome", "With this outcome."),
        of("subject", TypeRef::STRING, "Of whom the token is about, as its issuer calls it."),
        of("client", TypeRef::STRING, "Of the program that asked for the token."),
        of("dataset", TypeRef::STRING, "That asked for this dataset, such as `Placement`."),
        of("traceId", TypeRef::STRING, "Of this trace."),
        of("first", TypeRef::INT, "At most so many: 50 when left out, 1,000 at most."),
        of("after", TypeRef::STRING, "Only events after the one with this cursor."),
    ];
    query.field_with("auditEvents", TypeRef::named("AuditEventConnection"), Resolve::AuditEvents, doc, args)
}

pub(super) fn add(model: &mut Model) {
    let outcomes = [
        ("ANSWERED", "An answer without errors."),
        ("PARTIAL", "An answer with errors in some of its fields."),
        ("REFUSED", "Nothing was given."),
        ("CANCELLED", "Nobody waited for the answer, or it took too long."),
    ];
    let values: IndexMap<_, _> = outcomes.iter().map(|(name, doc)| ((*name).to_owned(), (*doc).to_owned())).collect();
    let doc = "What came of what was asked.".to_owned();
    model.add(Type::Enum(Enum { name: "AuditOutcome".to_owned(), doc, values }));
    model.add(Type::Object(event()));
    let edge = Object::new("AuditEventEdge", "An event, and where it stands.");
    let edge = member(edge, "cursor", must(TypeRef::STRING), "Where it stands, for `after`.");
    model.add(Type::Object(member(edge, "node", must("AuditEvent"), "The event.")));
    let connection = Object::new("AuditEventConnection", "A page of the audit log.");
    let connection =
        member(connection, "edges", TypeRef::named_nn_list_nn("AuditEventEdge"), "The events with their cursors.");
    let connection = member(connection, "nodes", TypeRef::named_nn_list_nn("AuditEvent"), "The events.");
    model.add(Type::Object(member(connection, "pageInfo", must("PageInfo"), "Where the page begins and ends.")));
}

fn must(ty: &str) -> TypeRef {
    TypeRef::named_nn(ty)
}

fn member(object: Object, name: &'static str, ty: TypeRef, doc: &str) -> Object {
    object.field(name, ty, Resolve::Member(name), doc)
}

fn event() -> Object {
    let mut event =
        Object::new("AuditEvent", "One answer or refusal, after NEN 7513. No value of a row or a filter stands in it.");
    event = member(event, "at", must("DateTime"), "When it was asked.");
    for (name, doc) in [
        (
            "event",
            "What happened: OPERATION, QUESTION (of another gateway), REQUEST (refused before anything was asked), RELEASE, \
             COMMAND (the log was read by a command, or months were taken out of it), EXPIRY (months that were kept long \
             enough were taken out by themselves, with so many records as `rows`); REFUSALS and MISSING: so many, as many as `rows`, that were too many to write down, or could not be.",
        ),
        ("action", "What was done to data: READ, CREATE, DELETE."),
        ("policyVersion", "The policy's version."),
    ] {
        event = member(event, name, must(TypeRef::STRING), doc);
    }
    for (name, doc) in [
        ("role", "The role in use; null where nobody knows who asked."),
        ("issuer", "The issuer of the token; null without one, and in events of before this was written down."),
        ("subject", "Whom the token is about, as its issuer calls it."),
        ("client", "The program that asked for the token."),
        ("organisation", "The organisation."),
        ("purpose", "What rows are used for."),
        ("gateway", "The other gateway that asked on the role's behalf."),
        ("operationName", "The operation's name, in a document that is valid."),
        ("documentHash", "SHA-256 of the document without literals, in hexadecimal."),
        ("documentShape", "The document without literals, where it is valid; the beginning of a long one."),
        ("traceId", "The id of its trace."),
    ] {
        event = member(event, name, TypeRef::named(TypeRef::STRING), doc);
    }
    for (name, doc) in [
        ("rules", "The rules by which rows were granted."),
        ("datasets", "The datasets that were asked for."),
        ("sources", "The sources that were asked."),
        ("codes", "The codes of its errors."),
    ] {
        event = member(event, name, TypeRef::named_nn_list_nn(TypeRef::STRING), doc);
    }
    event = member(event, "rows", must(TypeRef::INT), "How many rows were given.");
    event = member(event, "outcome", must("AuditOutcome"), "What came of it.");
    member(event, "status", TypeRef::named(TypeRef::INT), "The status of HTTP, where it says something.")
}
