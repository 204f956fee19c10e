import Testing

@testable import vaultcli

@Suite struct FlagRolloutCommandTests {
    private static let flags = "http://vault.test/v1/flags"
    private static let ramp =
        #"{"data":{"environment":"prod","flag":"x","target_variation":"on","steps":[{"percent":1,"hold":600,"gates":"#
        + #"[{"kind":"approval","approvals":2}]},{"percent":100,"hold":0,"gates":[]}],"phase":"waiting","step":0,"#
        + #""percent":1,"step_started":"T0","due":null,"waiting_for":[{"kind":"approval","approvals":2}],"#
        + #""approvals":["ana"],"reason":"","samples":12,"metrics":{},"started_by":"bo","started_time":"T0"}}"#

    @Test func rampStartSendsStepsWithGates() async {
        let answers = ["POST \(Self.flags)/ramps/prod/x": [(status: 200, body: Self.ramp)]]
        let run = await Transcript.run(
            "flag", "ramp", "start", "x", "-env=prod", "-steps", "1%:10m,100%", "-approvals=2", "-sample", "500",
            "-guard=errors<=0.05:abort", "-reason=canary", answers: answers)
        #expect(run.status == 0)
        #expect(
            run.requests.last?.body == #"{"target_variation":"on","steps":[{"percent":1,"hold":600,"gates":["#
                + #"{"kind":"approval","approvals":2},{"kind":"sample","minimum":500},"#
                + #"{"kind":"guard","metric":"errors","max":0.05,"on_breach":"abort"}]},"#
                + #"{"percent":100,"hold":0}],"reason":"canary"}"#)
        #expect(
            run.output
                == "Success! Ramp of x in prod: waiting, 1% get on (step 1 of 2), for 2 approvals (1 so far)\n")
        #expect(run.error == "To agree to the next step: vaultcli flag ramp approve x -env=prod\n")
    }

    @Test func rampStartTakesAPlan() async {
        let answers = ["POST \(Self.flags)/ramps/dev/x": [(status: 200, body: Self.ramp)]]
        let run = await Transcript.run(
            "flag", "ramp", "start", "x", "-to=b", "-plan=-", answers: answers,
            input: #"{"steps":[{"percent":5}],"target_variation":"a"}"#,
            environment: ["PULSEVAULT_ENVIRONMENT": "dev"])
        #expect(run.requests.last?.body == #"{"steps":[{"percent":5}],"target_variation":"b"}"#)
    }

    @Test(arguments: [
        ["-env=prod"], ["-env=prod", "-steps=1,100", "-plan={}"], ["-env=prod", "-plan={}", "-approvals=1"],
        ["-env=prod", "-steps=100", "-approvals=1"], ["-env=prod", "-steps=1,100", "-approvals=0"],
        ["-env=prod", "-plan=[]"], ["-steps=1,100"], ["-env=../x", "-steps=1,100"],
    ])
    func rampStartThatCannotBeMeantSendsNothing(words: [String]) async {
        let padded = words + Array(repeating: "-non-interactive", count: 3 - words.count)
        let run = await Transcript.run("flag", "ramp", "start", "x", padded[0], padded[1], padded[2])
        #expect(run.status == 1)
        #expect(run.requests.isEmpty)
    }

    @Test func rampStatusShowsStepsAndWhatIsMissing() async {
        let answers = ["GET \(Self.flags)/ramps/prod/x": [(status: 200, body: Self.ramp)]]
        let run = await Transcript.run("flag", "ramp", "status", "x", answers: answers)
        #expect(run.output.contains("waiting_for         2 approvals (1 so far)\n"))
        #expect(
            run.output.hasSuffix(
                """

                #    Percent    Hold    State      Gates
                -    -------    ----    -----      -----
                1    1%         10m     waiting    2 approvals
                2    100%       0s      -          -

                """))
    }

    @Test(arguments: ["advance", "approve", "pause", "resume", "abort"])
    func rampsAreMovedByAWord(verb: String) async {
        let answers = ["POST \(Self.flags)/ramps/prod/x/\(verb)": [(status: 200, body: Self.ramp)]]
        let run = await Transcript.run("flag", "ramp", verb, "x", "-env=prod", answers: answers)
        #expect(run.status == 0)
        #expect(run.requests.map(\.body) == ["{}"])
        #expect(await Transcript.run("flag", "ramp", verb, "x").status == 1)
    }

    @Test func rampListIsATable() async {
        let body =
            #"{"data":{"keys":["x"],"key_info":{"x":{"phase":"running","percent":12.5,"step":1,"steps":4,"#
            + #""target_variation":"b"}}}}"#
        let answers = ["GET \(Self.flags)/ramps/prod?list=true": [(status: 200, body: body)]]
        let run = await Transcript.run("flag", "ramp", "list", answers: answers)
        #expect(
            run.output == """
                Flag    Phase      Percent    Step      Variation
                ----    -----      -------    ----      ---------
                x       running    12.5%      2 of 4    b

                """)
        let none = await Transcript.run("flag", "ramp", "list", "-env=dev")
        #expect(none.status == 2)
        #expect(none.error == "No flag has a ramp in dev\n")
    }

    @Test func scheduledChangesAreWrittenListedAndDeleted() async {
        let change = #"{"id":"i1","at":"T","change":{"on":true},"reason":"r","created_by":"ana","status":"waiting"}"#
        let list = #"{"data":{"keys":["x/i1"],"key_info":{"x/i1":\#(change)}}}"#
        let answers = [
            "POST \(Self.flags)/schedule/prod/x": [(status: 200, body: #"{"data":\#(change)}"#)],
            "GET \(Self.flags)/schedule/prod?list=true": [(status: 200, body: list)],
            "DELETE \(Self.flags)/schedule/prod/x/i1": [(status: 204, body: "")],
        ]
        let added = await Transcript.run(
            "flag", "schedule", "add", "x", "-env=prod", "-at=2027-01-31", "-on", "-change={\"salt\":\"s\"}",
            answers: answers)
        #expect(added.output == "Success! x in prod changes at T (i1)\n")
        #expect(added.requests.last?.body == #"{"at":"2027-01-31T00:00:00Z","change":{"salt":"s","on":true}}"#)
        let listed = await Transcript.run("flag", "schedule", "list", answers: answers)
        #expect(
            listed.output == """
                Flag/ID    Time    Change         By     Status     Reason
                -------    ----    ------         --     ------     ------
                x/i1       T       {"on":true}    ana    waiting    r

                """)
        for id in ["i1", "x/i1"] {
            let deleted = await Transcript.run("flag", "schedule", "delete", id, "-env=prod", answers: answers)
            #expect(deleted.output == "Success! Deleted change i1 of x in prod\n")
        }
        let unknown = await Transcript.run("flag", "schedule", "delete", "1", "-env=prod", answers: answers)
        #expect(unknown.status == 2)
    }

    @Test(arguments: [["-on", "-off"], ["-change={}", "-non-interactive"], ["-non-interactive", "-reason=x"]])
    func aScheduledChangeMustChangeOneThing(words: [String]) async {
        let run = await Transcript.run("flag", "schedule", "add", "x", "-env=prod", "-at=+1h", words[0], words[1])
        #expect(run.status == 1)
        #expect(run.requests.isEmpty)
    }

    @Test func trackedValuesKeepTheirText() async {
        let answers = ["POST \(Self.flags)/track/prod": [(status: 200, body: #"{"data":{"accepted":1}}"#)]]
        let run = await Transcript.run(
            "flag", "track", "sum", "-env=prod", "-targeting-key=u", "-value", "-49.90", answers: answers)
        #expect(run.output == "Success! Tracked sum of u in prod\n")
        #expect(run.requests.last?.body == #"{"events":[{"event":"sum","targeting_key":"u","value":-49.90}]}"#)
        let wrong = await Transcript.run("flag", "track", "sum", "-env=prod", "-targeting-key=u", "-value=many")
        #expect(wrong.status == 1)
    }

    @Test func reviewWithoutAWordIsTheQueue() async {
        let body =
            #"{"data":{"owners":[{"owner":"pay","flags":[{"key":"x","stage":"stale","reasons":["expired","#
            + #""not_evaluated"],"kind":"release","owner":"pay","last_evaluated":null,"kept_until":null}]}]}}"#
        let answers = ["GET \(Self.flags)/reports/review?owner=pay": [(status: 200, body: body)]]
        let run = await Transcript.run("flag", "review", "-owner=pay", answers: answers)
        #expect(
            run.output == """
                pay (1)

                Flag    Stage    Kind       Last evaluated    Reasons
                ----    -----    ----       --------------    -------
                x       stale    release    -                 expired; not evaluated

                """)
    }

    @Test func usageOfAFlagHasTotalsAndDays() async {
        let body =
            #"{"data":{"flags":[{"key":"x","last_evaluated":"T","total":8,"variations":{"on":7,"":1},"days":"#
            + #"[{"day":"2026-11-22","variations":{"on":3}},{"day":"2026-11-23","variations":{"on":4,"":1}}]}]}}"#
        let answers = [
            "GET \(Self.flags)/reports/usage/prod?flag=x&days=2": [(status: 200, body: body)],
            "GET \(Self.flags)/reports/usage/prod": [(status: 200, body: body)],
            "GET \(Self.flags)/reports/usage/prod?flag=y": [(status: 200, body: #"{"data":{"flags":[]}}"#)],
        ]
        let one = await Transcript.run("flag", "usage", "x", "-days=2", answers: answers)
        #expect(one.output.contains("variation on              7 (87.5%)\nvariation code default    1 (12.5%)\n"))
        #expect(
            one.output.hasSuffix(
                """

                Day           on    code default
                ---           --    ------------
                2026-11-22    3     0
                2026-11-23    4     1

                """))
        let all = await Transcript.run("flag", "usage", answers: answers)
        #expect(all.output.hasSuffix("x       T                 8        on 7 (87.5%), code default 1 (12.5%)\n"))
        #expect(await Transcript.run("flag", "usage", "y", answers: answers).status == 2)
    }

    @Test(arguments: [("true", 0 as Int32), ("false", 2)])
    func replayTellsByItsStatusWhetherItIsTheSame(same: String, status: Int32) async {
        let body =
            #"{"data":{"same":\#(same),"flag":"x","environment":"prod","time":"T","why":"another variation came out","#
            + #""differences":[{"path":"variation","from":"on","to":"off"}]}}"#
        let answers = ["POST \(Self.flags)/replay": [(status: 200, body: body)]]
        let run = await Transcript.run("flag", "replay", "eyJ", "-key=u", "a=1", answers: answers)
        #expect(run.status == status)
        #expect(run.requests.last?.body == #"{"receipt":"eyJ","context":{"a":1,"targetingKey":"u"}}"#)
        #expect(run.output == (status == 0 ? "The same: x in prod at T\n" : "~ variation: on -> off\n"))
        #expect(run.error == (status == 0 ? "" : "another variation came out\n"))
    }

    @Test func assignmentsAreReadToTheirEnd() async {
        let first =
            #"{"data":{"assignments":[{"targeting_key":"u1","variation":"on","time":"T1"}],"next":5}}"#
        let second =
            #"{"data":{"assignments":[{"targeting_key":"u9","variation":"on","time":"T9"}],"next":null}}"#
        let path = "\(Self.flags)/assignments/prod/x"
        let answers = [
            "GET \(path)?variation=on": [(status: 200, body: first)],
            "GET \(path)?after=5&variation=on": [(status: 200, body: second)],
        ]
        let all = await Transcript.run("flag", "assignments", "x", "-variation=on", answers: answers)
        #expect(all.output.hasSuffix("u1               on           T1\nu9               on           T9\n"))
        let one = await Transcript.run("flag", "assignments", "x", "-variation=on", "-limit=1", answers: answers)
        #expect(one.requests.count == 1)
        #expect(await Transcript.run("flag", "assignments").status == 1)
    }
}
