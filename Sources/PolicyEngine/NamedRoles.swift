/// Policies for the usual roles, ready to be written to the store.
///
/// They are ordinary policies: an operator may install, edit and delete them. Secrets are expected in the KV version 2
/// mount `secret/`, feature flags in `flags/`, configuration in `config/`.
package enum NamedRoles {
    /// A role's name and policy text.
    package typealias Role = (name: String, text: String)

    /// All roles, the mightiest first.
    package static let all: [Role] = [
        ("super-admin", superAdmin), ("admin", admin),
        ("operator", `operator` + flagsOfOperators + configurationOfOperators + changeSetsOfOperators),
        ("auditor", auditor + flagsOfAuditors + configurationOfAuditors + changeSetsOfAuditors),
        ("developer", developer + flagsOfDevelopers + configurationOfDevelopers + changeSetsOfDevelopers),
        ("reader", reader),
    ]

    /// Everything a token other than root's can do.
    package static let superAdmin = """
        # super-admin: everything, everywhere, root-protected paths included.
        path "*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list", "scan", "sudo", "evaluate"]
        }

        """

    /// Configuration and changes of every secret; not the upkeep of the server.
    package static let admin = """
        # admin: all data in all mounts; mounts, auth methods, policies, identities and tokens.
        # Not: seal, keys, audit devices, raw storage, the super-admin policy, tokens with root or super-admin.
        # Whoever may write policies can in the end grant anything: give this role to people who may know every secret.

        # All data in all mounts.
        path "*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list", "scan", "evaluate"]
        }

        # Of the system, only what is named below.
        path "sys/*" {
          capabilities = []
        }

        # Mounts.
        path "sys/mounts" {
          capabilities = ["read", "list"]
        }

        path "sys/mounts/*" {
          capabilities = ["create", "read", "update", "delete", "list"]
        }

        path "sys/remount" {
          capabilities = ["update", "sudo"]
        }

        path "sys/remount/*" {
          capabilities = ["read"]
        }

        # Auth methods.
        path "sys/auth" {
          capabilities = ["read", "list"]
        }

        path "sys/auth/*" {
          capabilities = ["create", "read", "update", "delete", "list", "sudo"]
        }

        # Policies, save the one that is above this role.
        path "sys/policies/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "sys/policy" {
          capabilities = ["read", "list"]
        }

        path "sys/policy/*" {
          capabilities = ["create", "read", "update", "delete", "list"]
        }

        path "sys/policies/acl/super-admin" {
          capabilities = ["deny"]
        }

        path "sys/policy/super-admin" {
          capabilities = ["deny"]
        }

        # Users, roles and tokens, but none that carries root or super-admin.
        path "auth/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
          denied_parameters = {
            "policies"              = ["root", "super-admin"]
            "token_policies"        = ["root", "super-admin"]
            "allowed_policies"      = ["root", "super-admin"]
            "allowed_policies_glob" = []
          }
        }

        path "auth/token/accessors/*" {
          capabilities = ["list", "sudo"]
        }

        # Entities and groups, under the same condition.
        path "identity/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
          denied_parameters = {
            "policies" = ["root", "super-admin"]
          }
        }

        # Tools for everyday work.
        path "sys/capabilities" {
          capabilities = ["update"]
        }

        path "sys/capabilities-accessor" {
          capabilities = ["update"]
        }

        path "sys/capabilities-self" {
          capabilities = ["update"]
        }

        path "sys/leases/*" {
          capabilities = ["create", "update", "list", "sudo"]
        }

        path "sys/wrapping/*" {
          capabilities = ["update"]
        }

        path "sys/tools/*" {
          capabilities = ["update"]
        }

        path "sys/internal/ui/*" {
          capabilities = ["read"]
        }

        path "sys/health" {
          capabilities = ["read"]
        }

        """
}
