extension NamedRoles {
    /// A developer's part in `flags/`: everything in dev and staging, a look at the rest.
    static let flagsOfDevelopers = """

        # Feature flags: what they are, and how they behave in dev and staging. Changes of what a flag is show
        # everywhere at once; mark a flag as protected where that must not be.
        path "flags/definitions/*" {
          capabilities = ["create", "read", "update", "patch", "list"]
        }

        path "flags/environments" {
          capabilities = ["list"]
        }

        path "flags/environments/*" {
          capabilities = ["read", "list"]
        }

        path "flags/states/*" {
          capabilities = ["read", "list"]
        }

        path "flags/segments/*" {
          capabilities = ["read", "list"]
        }

        path "flags/states/dev/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "flags/states/staging/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "flags/segments/dev/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "flags/segments/staging/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }

        path "flags/toggle/dev/*" {
          capabilities = ["update"]
        }

        path "flags/toggle/staging/*" {
          capabilities = ["update"]
        }

        path "flags/kill/dev/*" {
          capabilities = ["update"]
        }

        path "flags/kill/staging/*" {
          capabilities = ["update"]
        }

        path "flags/revive/dev/*" {
          capabilities = ["update"]
        }

        path "flags/revive/staging/*" {
          capabilities = ["update"]
        }

        path "flags/rollback/dev/*" {
          capabilities = ["update"]
        }

        path "flags/rollback/staging/*" {
          capabilities = ["update"]
        }

        path "flags/promote/+/staging/*" {
          capabilities = ["update"]
        }

        path "flags/history/*" {
          capabilities = ["read"]
        }

        path "flags/diff/*" {
          capabilities = ["read"]
        }

        path "flags/evaluate/*" {
          capabilities = ["evaluate"]
        }

        # What happens with time, and what is known of who got what.
        path "flags/ramps/*" {
          capabilities = ["read", "list"]
        }

        path "flags/ramps/dev/*" {
          capabilities = ["create", "read", "update", "delete", "list"]
        }

        path "flags/ramps/staging/*" {
          capabilities = ["create", "read", "update", "delete", "list"]
        }

        path "flags/schedule/*" {
          capabilities = ["read", "list"]
        }

        path "flags/schedule/dev/*" {
          capabilities = ["create", "read", "update", "delete", "list"]
        }

        path "flags/schedule/staging/*" {
          capabilities = ["create", "read", "update", "delete", "list"]
        }

        # What individuals get for a while; its beginning and its end ask for the right to write the state besides.
        path "flags/overrides" {
          capabilities = ["create", "update", "list"]
        }

        path "flags/overrides/*" {
          capabilities = ["read", "delete"]
        }

        path "flags/exposures/*" {
          capabilities = ["read"]
        }

        path "flags/assignments/*" {
          capabilities = ["read"]
        }

        path "flags/reports/*" {
          capabilities = ["read"]
        }

        path "flags/reviews/*" {
          capabilities = ["create", "read", "update", "delete"]
        }

        path "flags/references/*" {
          capabilities = ["create", "read", "update"]
        }

        """

    /// An operator's part in `flags/`: the emergency switch.
    static let flagsOfOperators = """

        # Feature flags: the emergency switch, what is needed to use it, and the end of ramps and overrides that go wrong.
        path "flags/kill/*" {
          capabilities = ["update"]
        }

        path "flags/revive/*" {
          capabilities = ["update"]
        }

        path "flags/ramps/*" {
          capabilities = ["read", "list"]
        }

        path "flags/ramps/+/+/pause" {
          capabilities = ["update"]
        }

        path "flags/ramps/+/+/abort" {
          capabilities = ["update"]
        }

        path "flags/overrides" {
          capabilities = ["list"]
        }

        path "flags/overrides/*" {
          capabilities = ["read", "delete", "sudo"]
        }

        path "flags/definitions/*" {
          capabilities = ["read", "list"]
        }

        path "flags/states/*" {
          capabilities = ["read", "list"]
        }

        path "flags/history/*" {
          capabilities = ["read"]
        }

        """

    /// An auditor's part in `flags/`: what changed.
    static let flagsOfAuditors = """

        # Feature flags: what they are, how they behave, who changed them.
        path "flags/definitions/*" {
          capabilities = ["read", "list"]
        }

        path "flags/states/*" {
          capabilities = ["read", "list"]
        }

        path "flags/history/*" {
          capabilities = ["read"]
        }

        path "flags/diff/*" {
          capabilities = ["read"]
        }

        """
}
