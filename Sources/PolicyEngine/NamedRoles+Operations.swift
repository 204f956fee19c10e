extension NamedRoles {
    /// The upkeep of the server without a look at any secret.
    package static let `operator` = """
        # operator: seal, keys, health, metrics, leases, backup, the list of audit devices.
        # Not: any secret value, policies, tokens of others, mounts.

        # Seal and hand over.
        path "sys/seal" {
          capabilities = ["update", "sudo"]
        }

        path "sys/step-down" {
          capabilities = ["update", "sudo"]
        }

        path "sys/seal-status" {
          capabilities = ["read"]
        }

        # Keys: new terms, new shares, their status.
        path "sys/rotate" {
          capabilities = ["create", "update", "sudo"]
        }

        path "sys/rotate/*" {
          capabilities = ["create", "read", "update", "delete", "sudo"]
        }

        path "sys/rekey/*" {
          capabilities = ["create", "read", "update", "delete", "sudo"]
        }

        path "sys/key-status" {
          capabilities = ["read"]
        }

        # Health, leadership and figures.
        path "sys/health" {
          capabilities = ["read"]
        }

        path "sys/leader" {
          capabilities = ["read"]
        }

        path "sys/ha-status" {
          capabilities = ["read"]
        }

        path "sys/host-info" {
          capabilities = ["read"]
        }

        path "sys/in-flight-req" {
          capabilities = ["read"]
        }

        path "sys/metrics" {
          capabilities = ["read"]
        }

        path "sys/internal/counters/*" {
          capabilities = ["read", "list"]
        }

        path "sys/loggers" {
          capabilities = ["read", "update", "delete"]
        }

        path "sys/loggers/*" {
          capabilities = ["read", "update", "delete"]
        }

        # Leases: look up, renew, revoke, tidy.
        path "sys/leases" {
          capabilities = ["read", "list", "sudo"]
        }

        path "sys/leases/*" {
          capabilities = ["create", "read", "update", "list", "sudo"]
        }

        # Backup. It is sealed: it shows no secret without the keys.
        path "sys/storage/raft/snapshot" {
          capabilities = ["create", "read", "update"]
        }

        path "sys/storage/raft/snapshot-force" {
          capabilities = ["create", "update"]
        }

        path "sys/storage/backup" {
          capabilities = ["read", "sudo"]
        }

        # Which audit devices there are.
        path "sys/audit" {
          capabilities = ["read", "list", "sudo"]
        }

        """

    /// Who may do what, and where that is recorded.
    package static let auditor = """
        # auditor: reads audit devices, policies, mounts, identities, and looks up tokens and leases.
        # Not: any secret value, any change.

        # Audit devices, their configuration, and the hash that finds a known value in an audit log.
        path "sys/audit" {
          capabilities = ["read", "list", "sudo"]
        }

        path "sys/audit-hash/*" {
          capabilities = ["update"]
        }

        path "sys/config/auditing/*" {
          capabilities = ["read", "list", "sudo"]
        }

        # Policies.
        path "sys/policies/*" {
          capabilities = ["read", "list"]
        }

        path "sys/policy" {
          capabilities = ["read", "list"]
        }

        path "sys/policy/*" {
          capabilities = ["read", "list"]
        }

        # Mounts and auth methods.
        path "sys/mounts" {
          capabilities = ["read", "list"]
        }

        path "sys/mounts/*" {
          capabilities = ["read"]
        }

        path "sys/auth" {
          capabilities = ["read", "list"]
        }

        path "sys/auth/*" {
          capabilities = ["read", "sudo"]
        }

        # Lookups: a token's properties, what it may do, a lease. None of them returns a token or a secret.
        path "auth/token/accessors/*" {
          capabilities = ["list", "sudo"]
        }

        path "auth/token/lookup-accessor" {
          capabilities = ["update"]
        }

        path "auth/token/roles/*" {
          capabilities = ["read", "list"]
        }

        path "sys/capabilities-accessor" {
          capabilities = ["update"]
        }

        path "sys/leases/lookup" {
          capabilities = ["update"]
        }

        path "sys/leases/lookup/*" {
          capabilities = ["list", "sudo"]
        }

        # Entities and groups.
        path "identity/entity/*" {
          capabilities = ["read", "list"]
        }

        path "identity/entity-alias/*" {
          capabilities = ["read", "list"]
        }

        path "identity/group/*" {
          capabilities = ["read", "list"]
        }

        path "identity/group-alias/*" {
          capabilities = ["read", "list"]
        }

        """
}
