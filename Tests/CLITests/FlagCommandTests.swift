import Testing

@testable import vaultcli

@Suite struct FlagCommandTests {
    private static let flags = "http://vault.test/v1/flags"
    private static let state =
        #"{"request_id":"r","data":{"key":"x","environment":"prod","on":true,"# + #""off_variation":"off","#
        + #""fallthrough":{"split":[{"variation":"on","weight":5000},{"variation":"off","weight":95000}]},"#
        + #""targets":[],"rules":[{"id":"r1","description":"","if":[{"attribute":"plan","operator":"equals","#
        + #""values":["pro"],"negate":false}],"serve":{"variation":"on"}}],"prerequisites":[],"#
        + #""sticky_by":"targetingKey","salt":"s","killed":false,"version":7}}"#
    private static let present = [
        "GET \(flags)/states/prod/x": [(status: 200, body: state)],
        "PATCH \(flags)/states/prod/x": [(status: 200, body: state)],
    ]

    @Test func rolloutReadsAndPatchesUnderTheVersionRead() async {
        let run = await Transcript.run("flag", "rollout", "x", "-env=prod", "-to=25%", answers: Self.present)
        #expect(run.status == 0)
        #expect(run.output == "Success! 25% get on of x in prod (version 7)\n")
        #expect(run.requests.map(\.method) == ["GET", "PATCH"])
        #expect(
            run.requests.last?.body == #"{"fallthrough":{"split":[{"variation":"on","weight":25000},"#
                + #"{"variation":"off","weight":75000}]},"options":{"cas":7}}"#)
        #expect(run.requests.last?.header("Content-Type") == "application/merge-patch+json")
    }

    @Test func rolloutOfAFlagWithoutAStateWritesOne() async {
        let answers = ["POST \(Self.flags)/states/dev/x": [(status: 200, body: #"{"data":{"on":true,"version":1}}"#)]]
        let run = await Transcript.run(
            "flag", "rollout", "x", "-to", "12.5", "-on", "--reason", "canary", answers: answers,
            environment: ["PULSEVAULT_ENVIRONMENT": "dev"])
        #expect(run.status == 0)
        #expect(
            run.requests.last?.body == #"{"on":true,"fallthrough":{"percent":12.5,"variation":"on"},"#
                + #""options":{"cas":0},"reason":"canary"}"#)
    }

    @Test func ruleIsAddedBehindTheOthersUnderAFreeName() async {
        let run = await Transcript.run(
            "flag", "rule", "add", "x", "-env=prod", "-if", "country in US,CA", "-percent=10", "-variation=on",
            "-cas=6",
            answers: Self.present)
        #expect(run.status == 0)
        #expect(
            run.requests.last?.body == #"{"rules":[{"id":"r1","description":"","if":[{"attribute":"plan","#
                + #""operator":"equals","values":["pro"],"negate":false}],"serve":{"variation":"on"}},"#
                + #"{"id":"r2","if":[{"attribute":"country","operator":"in","values":["US","CA"]}],"#
                + #""serve":{"percent":10,"variation":"on"}}],"#
                + #""options":{"cas":6}}"#)
    }

    @Test func rulesAreShownAsTheyAreTyped() async {
        let run = await Transcript.run("flag", "rule", "list", "x", answers: Self.present)
        #expect(
            run.output == """
                #    Rule    If          Serves    Description
                -    ----    --          ------    -----------
                1    r1      plan=pro    on        n/a

                """)
    }

    @Test func movingAnUnknownRuleIsRefusedBeforeAnythingIsWritten() async {
        let run = await Transcript.run("flag", "rule", "move", "x", "r9", "-first", "-env=prod", answers: Self.present)
        #expect(run.status == 2)
        #expect(run.requests.map(\.method) == ["GET"])
    }

    @Test(arguments: ["on", "off", "revive"])
    func changesNeedAnEnvironment(command: String) async {
        let run = await Transcript.run("flag", command, "x")
        #expect(run.status == 1)
        #expect(run.error == "Say in which environment: -env=NAME, or set PULSEVAULT_ENVIRONMENT\n")
        #expect(run.requests.isEmpty)
    }

    @Test func looksFallBackToProd() async {
        let run = await Transcript.run("flag", "history", "x")
        #expect(run.status == 2)
        #expect(run.requests.map(\.url) == ["\(Self.flags)/history/prod/x"])
    }

    @Test(arguments: [("on", "true"), ("off", "false")])
    func togglesTellTheServer(command: String, value: String) async {
        let answers = ["POST \(Self.flags)/toggle/prod/x": [(status: 200, body: Self.state)]]
        let run = await Transcript.run("flag", command, "x", "-env", "prod", "-cas=6", answers: answers)
        #expect(run.output == "Success! x is \(command) in prod (version 7)\n")
        #expect(run.requests.last?.body == #"{"on":\#(value),"options":{"cas":6}}"#)
    }

    @Test func killNeedsAReason() async {
        let run = await Transcript.run("flag", "kill", "x", "-env=prod", "-reason= ")
        #expect(run.status == 1)
        #expect(run.requests.isEmpty)
    }

    @Test func switchingOnAKilledFlagSaysThatItIsKilled() async {
        let body = #"{"data":{"key":"x","environment":"prod","on":true,"killed":true,"version":8}}"#
        let answers = ["POST \(Self.flags)/toggle/prod/x": [(status: 200, body: body)]]
        let run = await Transcript.run("flag", "on", "x", "-env=prod", answers: answers)
        #expect(run.error.hasSuffix("vaultcli flag revive x -env=prod\n"))
    }

    @Test(arguments: ["../x", "a/b", "a b", ""])
    func keysThatWouldLeadElsewhereAreRefused(key: String) async {
        let run = await Transcript.run("flag", "archive", "--", key)
        #expect(run.status == 1)
        #expect(run.requests.isEmpty)
    }

    @Test func createNeverOverwrites() async {
        let answers = ["POST \(Self.flags)/definitions/theme": [(status: 200, body: #"{"data":{"version":1}}"#)]]
        let run = await Transcript.run(
            "flag", "create", "theme", "-type=string", "-variation", "light=light", "-variation", "d=\"3\"", "-tag=ui",
            "-expires=2027-01-31", "-protected", "-client-visible=false", answers: answers)
        #expect(run.output == "Success! Created flag: theme\n")
        #expect(
            run.requests.last?.body == #"{"type":"string","variations":{"light":"light","d":"3"},"tags":["ui"],"#
                + #""expires":"2027-01-31T00:00:00Z","client_visible":false,"protected":true,"options":{"cas":0}}"#)
    }

    @Test func createRefusesValuesThatAreNoJSON() async {
        let run = await Transcript.run("flag", "create", "n", "-type=integer", "-variation=a=many")
        #expect(run.status == 1)
        #expect(run.error == "-variation: the value of a must be JSON\n")
    }

    @Test func updateSendsOnlyWhatIsGiven() async {
        let answers = [
            "GET \(Self.flags)/definitions/theme": [(status: 200, body: #"{"data":{"type":"string"}}"#)],
            "PATCH \(Self.flags)/definitions/theme": [(status: 200, body: #"{"data":{"version":2}}"#)],
        ]
        let run = await Transcript.run(
            "flag", "update", "theme", "-variation=new=soft", "-remove-variation=dark", "-tag=", "-expires=never",
            "-cas=1", answers: answers)
        #expect(run.output == "Success! Updated flag: theme (version 2)\n")
        #expect(
            run.requests.last?.body
                == #"{"tags":[],"expires":null,"variations":{"new":"soft","dark":null},"options":{"cas":1}}"#)
    }

    @Test func updateOfNothingIsWrongUse() async {
        #expect(await Transcript.run("flag", "update", "x").status == 1)
    }

    @Test func listShowsTheStateInEachEnvironmentNamed() async {
        let list =
            #"{"data":{"keys":["a","b"],"key_info":{"a":{"type":"boolean","kind":"ops","owner":"x","tags":["t","u"],"#
            + #""description":"d"},"b":{"type":"string","kind":"release","owner":"","tags":[],"description":""}}}}"#
        let answers = [
            "GET \(Self.flags)/definitions?list=true&owner=x": [(status: 200, body: list)],
            "GET \(Self.flags)/states/prod?list=true": [
                (status: 200, body: #"{"data":{"keys":["a"],"key_info":{"a":{"on":true,"killed":true}}}}"#)
            ],
        ]
        let run = await Transcript.run("flag", "list", "-owner=x", "-env=prod", answers: answers)
        #expect(
            run.output == """
                Key    Type       Kind       Owner    Tags    prod      Description
                ---    ----       ----       -----    ----    ----      -----------
                a      boolean    ops        x        t,u     killed    d
                b      string     release    n/a      n/a     -         n/a

                """)
    }

    @Test func getPutsAllEnvironmentsSideBySide() async {
        let answers = [
            "GET \(Self.flags)/definitions/x": [(status: 200, body: #"{"data":{"key":"x","type":"boolean"}}"#)],
            "GET \(Self.flags)/environments?list=true": [
                (status: 200, body: #"{"data":{"keys":["dev","staging","prod"],"key_info":{}}}"#)
            ],
            "GET \(Self.flags)/states/prod/x": [(status: 200, body: Self.state)],
            "GET \(Self.flags)/states/staging/x": [(status: 403, body: #"{"errors":["permission denied"]}"#)],
        ]
        let run = await Transcript.run("flag", "get", "x", answers: answers)
        #expect(run.status == 0)
        let table = """
            Environment    State                Serves            Rules    Targets    Prerequisites    Version
            -----------    -----                ------            -----    -------    -------------    -------
            dev            -                    -                 -        -          -                -
            staging        permission denied    -                 -        -          -                -
            prod           on                   on 5%, off 95%    1        0          0                7

            """
        #expect(run.output.hasSuffix("\n\n" + table))
    }

    @Test func evaluationTakesAttributesOnTopOfAContext() async {
        let body =
            #"{"data":{"key":"x","value":true,"variation":"on","reason":"SPLIT","bucket":4217,"#
            + #""trace":[{"step":"state","archived":false,"killed":false,"on":true},{"step":"fallthrough"}]}}"#
        let answers = ["POST \(Self.flags)/evaluate/prod/x": [(status: 200, body: body)]]
        let run = await Transcript.run(
            "flag", "eval", "x", "-context={\"a\":1,\"b\":2}", "-key=u7", "-explain", "b=x", "c=[true]", "d=1=2",
            answers: answers)
        #expect(
            run.requests.last?.body
                == #"{"context":{"a":1,"b":"x","c":[true],"d":"1=2","targetingKey":"u7"},"explain":true}"#)
        #expect(run.output.contains("bucket       4217 (4.217%)\n"))
        #expect(run.output.hasSuffix("Steps\n-----\nthe flag is on\nnothing before it decided: the fallthrough\n"))
    }

    @Test func historyShowsWhatEachVersionChanged() async {
        let body =
            #"{"data":{"versions":[{"version":2,"updated_time":"T2","updated_by":"ana","action":"toggle","#
            + #""reason":"go","#
            + #""changes":[{"path":"on","from":false,"to":true}]},{"version":1,"updated_time":"T1","updated_by":"bo","#
            + #""action":"write","reason":"a\nb","changes":[]}],"has_more":true}}"#
        let answers = ["GET \(Self.flags)/history/prod/x?limit=2": [(status: 200, body: body)]]
        let run = await Transcript.run("flag", "history", "x", "-limit=2", answers: answers)
        #expect(
            run.output == """
                Version    Time    By     Action    Reason
                -------    ----    --     ------    ------
                2          T2      ana    toggle    go
                    ~ on: false -> true
                1          T1      bo     write     a b

                """)
        #expect(run.error == "There are older changes: -before=1\n")
    }

    @Test func environmentsAreComparedByBehaviour() async {
        let staging = #"{"data":{"environment":"staging","on":true,"salt":"q","version":2,"off_variation":"off"}}"#
        let prod = #"{"data":{"environment":"prod","on":false,"salt":"z","version":9,"off_variation":"off"}}"#
        let answers = [
            "GET \(Self.flags)/states/staging/x": [(status: 200, body: staging)],
            "GET \(Self.flags)/states/prod/x": [(status: 200, body: prod)],
        ]
        let run = await Transcript.run("flag", "diff", "x", "-env=staging", "-env=prod", answers: answers)
        #expect(run.output == "~ on: true -> false\n")
    }

    @Test func promotionShowsWhatChanges() async {
        let body =
            #"{"data":{"from":"staging","to":"prod","changes":[{"path":"on","from":false,"to":true}],"dry_run":true}}"#
        let answers = ["POST \(Self.flags)/promote/staging/prod/x": [(status: 200, body: body)]]
        let run = await Transcript.run(
            "flag", "promote", "x", "-from=staging", "-to=prod", "-dry-run", answers: answers)
        #expect(run.output == "~ on: false -> true\n")
        #expect(run.requests.last?.body == #"{"dry_run":true}"#)
    }

    @Test(arguments: [("x", 0 as Int32), ("y", 1)])
    func deletionAsksForTheKey(typed: String, status: Int32) async {
        let answers = ["DELETE \(Self.flags)/definitions/x?purge=true": [(status: 204, body: "")]]
        let run = await Transcript.run("flag", "delete", "x", answers: answers, hidden: typed, onTerminal: true)
        #expect(run.status == status)
        #expect(run.requests.count == (status == 0 ? 1 : 0))
    }

    @Test func deletionWithoutATerminalNeedsForce() async {
        let answers = ["DELETE \(Self.flags)/definitions/x?purge=true": [(status: 204, body: "")]]
        #expect(await Transcript.run("flag", "delete", "x", answers: answers).status == 1)
        let run = await Transcript.run("flag", "delete", "-force", "x", answers: answers)
        #expect(run.output == "Success! Deleted flag: x\n")
    }

    @Test func environmentKeepsWhatIsNotNamed() async {
        let answers = [
            "GET \(Self.flags)/environments/prod": [
                (status: 200, body: #"{"data":{"name":"prod","type":"production","order":2,"protected":false}}"#)
            ],
            "POST \(Self.flags)/environments/prod": [(status: 200, body: #"{"data":{"name":"prod"}}"#)],
        ]
        let run = await Transcript.run("flag", "env", "put", "prod", "-protected", answers: answers)
        #expect(run.requests.last?.body == #"{"type":"production","order":2,"protected":true}"#)
    }

    @Test func segmentIsWrittenFromConditionsAndKeys() async {
        let answers = ["POST \(Self.flags)/segments/dev/beta": [(status: 200, body: #"{"data":{"version":1}}"#)]]
        let run = await Transcript.run(
            "flag", "segment", "put", "beta", "-env=dev", "-if=plan=beta", "-match=any", "-include=u1", "-cas=0", "-",
            answers: answers, input: #"{"exclude":["u2"]}"#)
        #expect(run.output == "Success! Wrote segment beta in dev (version 1)\n")
        #expect(
            run.requests.last?.body == #"{"exclude":["u2"],"conditions":[{"attribute":"plan","operator":"equals","#
                + #""values":["beta"]}],"match":"any","include":["u1"],"options":{"cas":0}}"#)
    }

    @Test func exportIsALineForEachDocument() async {
        let answers = [
            "GET \(Self.flags)/environments?list=true": [
                (status: 200, body: #"{"data":{"keys":["dev"],"key_info":{"dev":{"type":"development"}}}}"#)
            ],
            "GET \(Self.flags)/definitions?list=true": [(status: 200, body: #"{"data":{"keys":["x"]}}"#)],
            "GET \(Self.flags)/definitions/x": [(status: 200, body: #"{"data":{"key":"x","kind":"ops"}}"#)],
            "GET \(Self.flags)/states/dev?list=true": [(status: 200, body: #"{"data":{"keys":["x"]}}"#)],
            "GET \(Self.flags)/states/dev/x": [(status: 200, body: #"{"data":{"key":"x","on":true}}"#)],
        ]
        let run = await Transcript.run("flag", "export", answers: answers)
        #expect(
            run.output == """
                {"document":"environment","name":"dev","type":"development"}
                {"document":"definition","key":"x","kind":"ops"}
                {"document":"state","key":"x","on":true}

                """)
    }
}
