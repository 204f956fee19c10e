extension NamedRoles {
    /// A developer's part in `pulse/`: change sets of what a developer may change; whose agreement counts is for rules.
    static let changeSetsOfDevelopers = """

        # Change sets: propose, edit, agree, apply and take back. Each change in one asks for its own right besides.
        path "pulse/changesets" {
          capabilities = ["create", "update", "list"]
        }

        path "pulse/changesets/*" {
          capabilities = ["read", "update", "patch", "delete"]
        }

        path "pulse/approval-rules" {
          capabilities = ["list"]
        }

        path "pulse/approval-rules/*" {
          capabilities = ["read"]
        }

        # Values for a while, and whom a change reaches.
        path "config/overrides" {
          capabilities = ["create", "update", "list"]
        }

        path "config/overrides/*" {
          capabilities = ["read", "delete"]
        }

        path "config/reach/*" {
          capabilities = ["read"]
        }

        path "config/references" {
          capabilities = ["read"]
        }

        """

    /// An operator's part in `pulse/`: to look, to agree, to refuse, and the end of overrides that go wrong.
    static let changeSetsOfOperators = """

        # Change sets: look, agree or refuse. Overrides: look, and end those that go wrong,
        # which asks for sudo of whoever may not write the value.
        path "pulse/changesets" {
          capabilities = ["list"]
        }

        path "pulse/changesets/+" {
          capabilities = ["read"]
        }

        path "pulse/changesets/+/approve" {
          capabilities = ["update"]
        }

        path "pulse/changesets/+/reject" {
          capabilities = ["update"]
        }

        path "config/overrides" {
          capabilities = ["list"]
        }

        path "config/overrides/*" {
          capabilities = ["read", "delete", "sudo"]
        }

        path "config/reach/*" {
          capabilities = ["read"]
        }

        """

    /// An auditor's part in `pulse/`: who proposed, agreed and applied, and by which rules.
    static let changeSetsOfAuditors = """

        # Change sets: who proposed, agreed and applied, and by which rules.
        path "pulse/changesets" {
          capabilities = ["list"]
        }

        path "pulse/changesets/+" {
          capabilities = ["read"]
        }

        path "pulse/approval-rules" {
          capabilities = ["list"]
        }

        path "pulse/approval-rules/*" {
          capabilities = ["read"]
        }

        """
}
