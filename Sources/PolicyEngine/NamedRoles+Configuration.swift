extension NamedRoles {
    /// A developer's part in `config/`: everything in dev and staging, a look at the rest, sensitive values apart.
    static let configurationOfDevelopers = """

        # Configuration in config/: what keys are, and their values in dev and staging. A look at all other layers, where
        # sensitive values are not shown.
        path "config/keys" {
          capabilities = ["list"]
        }

        path "config/keys/*" {
          capabilities = ["create", "read", "update", "patch", "list"]
        }

        path "config/data/*" {
          capabilities = ["read", "list"]
        }

        path "config/data/env/dev/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "config/data/env/staging/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "config/data/service/+/env/dev/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "config/data/service/+/env/staging/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "config/rollback/env/dev/*" {
          capabilities = ["update"]
        }

        path "config/rollback/env/staging/*" {
          capabilities = ["update"]
        }

        path "config/rollback/service/+/env/dev/*" {
          capabilities = ["update"]
        }

        path "config/rollback/service/+/env/staging/*" {
          capabilities = ["update"]
        }

        path "config/reveal/env/dev/*" {
          capabilities = ["update"]
        }

        path "config/reveal/service/+/env/dev/*" {
          capabilities = ["update"]
        }

        path "config/history/*" {
          capabilities = ["read"]
        }

        path "config/diff/*" {
          capabilities = ["read"]
        }

        path "config/effective/*" {
          capabilities = ["read"]
        }

        path "config/watch/*" {
          capabilities = ["read"]
        }

        path "config/snapshots/*" {
          capabilities = ["read", "list"]
        }

        path "config/pins/*" {
          capabilities = ["read", "list"]
        }

        path "config/instances/*" {
          capabilities = ["read", "list"]
        }

        path "config/rollouts/*" {
          capabilities = ["read", "list"]
        }

        """

    /// An operator's part in `config/`: how instances are, and the emergency stop of rollouts.
    static let configurationOfOperators = """

        # Configuration: how the instances are, how far rollouts have come, and the stop of those that go wrong.
        path "config/instances/*" {
          capabilities = ["read", "list"]
        }

        path "config/rollouts/*" {
          capabilities = ["read", "list"]
        }

        path "config/rollouts/+/pause" {
          capabilities = ["update"]
        }

        path "config/rollouts/+/abort" {
          capabilities = ["update"]
        }

        path "config/pins/*" {
          capabilities = ["read", "list"]
        }

        """

    /// An auditor's part in `config/`: what keys are and who changed what, sensitive values apart.
    static let configurationOfAuditors = """

        # Configuration: what keys are, and who changed what.
        path "config/keys" {
          capabilities = ["list"]
        }

        path "config/keys/*" {
          capabilities = ["read", "list"]
        }

        path "config/history/*" {
          capabilities = ["read"]
        }

        path "config/rollouts/*" {
          capabilities = ["read", "list"]
        }

        """
}
