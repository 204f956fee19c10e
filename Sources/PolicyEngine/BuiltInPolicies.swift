/// The policies that every server has.
package enum BuiltInPolicies {
    /// The names that cannot be written: `root` and `response-wrapping`.
    package static let immutableNames = ["root", "response-wrapping"]

    /// What the holder of a wrapping token may do: fetch the one response, once. Immutable and not listed.
    package static let responseWrapping = """
        path "cubbyhole/response" {
          capabilities = ["create", "read"]
        }

        path "sys/wrapping/unwrap" {
          capabilities = ["update"]
        }

        """

    /// What every token may do unless it was made without this policy. May be edited, not deleted.
    package static let defaultPolicy = """
        # A token may look at itself, renew itself and give itself up.
        path "auth/token/lookup-self" {
          capabilities = ["read"]
        }

        path "auth/token/renew-self" {
          capabilities = ["update"]
        }

        path "auth/token/revoke-self" {
          capabilities = ["update"]
        }

        # It may ask what it is allowed to do.
        path "sys/capabilities-self" {
          capabilities = ["update"]
        }

        path "sys/internal/ui/resultant-acl" {
          capabilities = ["read"]
        }

        # It may read the identity it belongs to.
        path "identity/entity/id/{{identity.entity.id}}" {
          capabilities = ["read"]
        }

        path "identity/entity/name/{{identity.entity.name}}" {
          capabilities = ["read"]
        }

        # It may look up and renew leases whose identifier it knows.
        path "sys/renew" {
          capabilities = ["update"]
        }

        path "sys/leases/renew" {
          capabilities = ["update"]
        }

        path "sys/leases/lookup" {
          capabilities = ["update"]
        }

        # It has a drawer of its own.
        path "cubbyhole/*" {
          capabilities = ["create", "read", "update", "delete", "list"]
        }

        # It may wrap values, and look up and unwrap what was wrapped for it.
        path "sys/wrapping/wrap" {
          capabilities = ["update"]
        }

        path "sys/wrapping/lookup" {
          capabilities = ["update"]
        }

        path "sys/wrapping/unwrap" {
          capabilities = ["update"]
        }

        # It may have data hashed.
        path "sys/tools/hash" {
          capabilities = ["update"]
        }

        path "sys/tools/hash/*" {
          capabilities = ["update"]
        }

        # It may log in to applications through this server.
        path "identity/oidc/provider/+/authorize" {
          capabilities = ["read", "update"]
        }

        """
}
