extension NamedRoles {
    /// Work with the secrets in `secret/`; `flagsOfDevelopers` and `configurationOfDevelopers` belong to it.
    package static let developer = """
        # developer: creates, reads, changes and deletes secrets in secret/, their versions and their metadata.
        # Feature flags in flags/: edits them in dev and staging. Not: any other mount, flags in prod, the mounts' own
        # configuration, anything of the system.

        # Values.
        path "secret/data/*" {
          capabilities = ["create", "read", "update", "patch", "delete"]
        }

        path "secret/subkeys/*" {
          capabilities = ["read"]
        }

        # Names and metadata. Deleting metadata deletes the secret with all its versions.
        path "secret/metadata/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list", "scan"]
        }

        # Versions: delete, bring back, destroy for good.
        path "secret/delete/*" {
          capabilities = ["create", "update"]
        }

        path "secret/undelete/*" {
          capabilities = ["create", "update"]
        }

        path "secret/destroy/*" {
          capabilities = ["create", "update"]
        }

        # Which version is served, which one a share of the instances tries, and how it works for them.
        path "secret/serving/*" {
          capabilities = ["read", "create", "update", "delete"]
        }

        path "secret/outcomes/*" {
          capabilities = ["create", "update"]
        }

        """

    /// A look at the secrets in `secret/`.
    package static let reader = """
        # reader: reads and lists the secrets in secret/.
        # Not: any change, any other mount, anything of the system.
        path "secret/*" {
          capabilities = ["read", "list"]
        }

        """
}
