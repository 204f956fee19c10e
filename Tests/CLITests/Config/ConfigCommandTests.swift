import Testing

@testable import vaultcli

@Suite struct ConfigCommandTests {
    private static let config = "http://vault.test/v1/config"
    private static let written = (status: 200, body: #"{"request_id":"r","data":{"version":4,"restart_needed":false}}"#)

    @Test func setAsksForTheTypeAndWrites() async {
        let answers = [
            "GET \(Self.config)/keys/zip": [(status: 200, body: #"{"data":{"type":"string"}}"#)],
            "POST \(Self.config)/data/env/prod/zip": [Self.written],
        ]
        let run = await Transcript.run(
            "config", "set", "env/prod", "zip", "01234", "-cas=3", "-reason=moved", answers: answers)
        #expect(run.status == 0)
        #expect(run.output == "Success! Set zip in env/prod (version 4)\n")
        #expect(run.requests.last?.body == #"{"value":"01234","options":{"cas":3},"reason":"moved"}"#)
    }

    @Test func setDeclaresTheKeyInTheSameCommit() async {
        let answers = ["POST \(Self.config)/data/service/shop/env/prod/pool": [Self.written]]
        let run = await Transcript.run(
            "config", "set", "-service=shop", "pool", "12", "-type=integer", "-sensitive", "-reload=static", "-tag=db",
            "-schema={\"minimum\":1}", "-locked-at=service_env", "-default=10", answers: answers,
            environment: ["PULSEVAULT_ENVIRONMENT": "prod"])
        #expect(run.status == 0)
        #expect(
            run.requests.map(\.body) == [
                #"{"value":12,"key":{"type":"integer","reload":"static","tags":["db"],"locked_at":"service_env","#
                    + #""sensitive":true,"schema":{"minimum":1},"default":10}}"#
            ])
    }

    @Test func secretsNeedNotStandOnTheCommandLine() async {
        let answers = ["POST \(Self.config)/data/global/token": [Self.written]]
        let run = await Transcript.run(
            "config", "set", "global", "token", "-", "-type=string", answers: answers, input: "s3cret")
        #expect(run.requests.last?.body == #"{"value":"s3cret","key":{"type":"string"}}"#)
    }

    @Test func theLayerMustBeKnownForEverything() async {
        for command in [["get"], ["unset"], ["delete"], ["history"], ["reveal"], ["diff"]] {
            let run = await Transcript.run("config", command[0], "zip")
            #expect(run.status == 1)
            #expect(run.error.hasPrefix("Say which layer: global, env/ENV"))
            #expect(run.requests.isEmpty)
        }
    }

    @Test func aLayerIsNamedOnce() async {
        let run = await Transcript.run("config", "get", "global", "zip", "-env=prod")
        #expect(run.status == 1)
        #expect(run.requests.isEmpty)
    }

    @Test(arguments: ["../x", "a/b", "a b", ""])
    func keysThatWouldLeadElsewhereAreRefused(key: String) async {
        let run = await Transcript.run("config", "get", "global", key)
        #expect(run.status == 1)
        #expect(run.requests.isEmpty)
    }

    @Test func aConflictShowsBothChanges() async {
        let refusal = (
            status: 400,
            body: #"{"errors":["wrong version"],"data":{"current_version":5,"base":{"value":"a"},"#
                + #""current":{"unset":true},"yours":{"value":"c"}}}"#
        )
        let run = await Transcript.run(
            "config", "set", "global", "x", "c", "-type=string", "-cas=3",
            answers: ["POST \(Self.config)/data/global/x": [refusal]])
        #expect(run.status == 2)
        #expect(
            run.error.hasPrefix(
                "The value is at version 5 by now.\n  before: \"a\"\n  now: (unset)\n  yours: \"c\"\nError: "))
    }

    @Test func aStaticKeySaysThatServicesMustBeStartedAnew() async {
        let answer = (status: 200, body: #"{"data":{"version":1,"restart_needed":true}}"#)
        let run = await Transcript.run(
            "config", "unset", "global", "x", answers: ["POST \(Self.config)/data/global/x": [answer]])
        #expect(run.error == "The key is static: services take the change up when they are started anew.\n")
        #expect(run.requests.last?.body == #"{"unset":true}"#)
    }

    @Test func deletionsCarryTheirConditionInTheQuery() async {
        let url = "\(Self.config)/data/global/x?reason=gone&cas=2"
        let run = await Transcript.run(
            "config", "delete", "global", "x", "-cas=2", "-reason=gone", answers: ["DELETE \(url)": [(204, "")]])
        #expect(run.output == "Success! Deleted x in global\n")
    }

    @Test func effectiveConfigurationIsATableWithItsSources() async {
        let body =
            #"{"data":{"revision":9,"hash":"ab","values":{"a":1,"b":{"$redacted":true}},"static":["a"],"sources":{"#
            + #""a":{"layer":"env/prod","version":2,"updated_by":"ana","updated_time":"T"},"#
            + #""b":{"layer":"global","version":1,"updated_by":"ana","updated_time":"T","sensitive":true}}}}"#
        let run = await Transcript.run(
            "config", "effective", "shop", "-env=prod", "-explain",
            answers: ["GET \(Self.config)/effective/shop?env=prod&explain=true": [(200, body)]])
        #expect(
            run.output == """
                Revision 9, hash ab

                Key    Value         Reload     Layer       Version    By     Time    Remarks
                ---    -----         ------     -----       -------    --     ----    -------
                a      1             static     env/prod    2          ana    T       -
                b      (redacted)    dynamic    global      1          ana    T       sensitive

                """)
    }

    @Test func serverFormatsArePrintedAsTheyCome() async {
        let url = "\(Self.config)/effective/shop?format=env"
        let run = await Transcript.run(
            "config", "effective", "shop", "-format=env", answers: ["GET \(url)": [(200, "A=1\nB=2\n")]])
        #expect(run.output == "A=1\nB=2\n")
        #expect(run.status == 0)
    }

    @Test func aRolloutIsStartedWithItsSteps() async {
        let answer = (
            status: 200,
            body: #"{"data":{"id":"r1","phase":"running","percent":10,"step":0,"steps":[{},{}],"#
                + #""cohort":{"live":4,"acknowledged":1},"waiting_for":"the hold"}}"#
        )
        let run = await Transcript.run(
            "config", "rollout", "start", "r1", "service/shop", "-change", "pool=50", "-unset=proxy",
            "-step=10%:5m:90%",
            "-step=100%", "-guard=errors<=0.01", "-timeout=1h",
            answers: ["POST \(Self.config)/rollouts/r1": [answer]])
        #expect(
            run.output == "Success! Rollout r1: running, 10% of the instances (step 1 of 2), 1 of 4 live ones have "
                + "applied it: the hold\n")
        #expect(
            run.requests.last?.body == #"{"layer":"service/shop","changes":{"pool":50,"proxy":{"$unset":true}},"#
                + #""steps":[{"percent":10,"hold":300,"min_acknowledged":90,"#
                + #""guards":[{"metric":"errors","max":0.01}],"timeout":3600},"#
                + #"{"percent":100,"guards":[{"metric":"errors","max":0.01}],"timeout":3600}]}"#)
    }

    @Test(arguments: [("completed", Int32(0)), ("reverted", 2), ("aborted", 2)])
    func watchingARolloutEndsWithIt(phase: String, status: Int32) async {
        func answer(_ phase: String) -> (status: Int, body: String) {
            (200, #"{"data":{"id":"r1","phase":"\#(phase)","percent":10,"step":0,"steps":[{}]}}"#)
        }
        let run = await Transcript.run(
            "config", "rollout", "watch", "r1", "-interval=1ms",
            answers: [
                "GET \(Self.config)/rollouts/r1": [answer("running"), answer("running"), (503, ""), answer(phase)]
            ])
        #expect(run.status == status)
        #expect(
            run.output == "Rollout r1: running, 10% of the instances (step 1 of 1)\nRollout r1: \(phase)\n")
        #expect(run.error.hasPrefix("The server is gone since 2"))
        #expect(run.error.contains("(it answers with status 503); the last that is known of the rollout stands\n"))
        #expect(run.error.contains("The server is back; it was gone since 2"))
    }

    @Test func watchingTellsChangesAndWhatWasMissed() async {
        func values(_ revision: Int, _ level: String) -> (status: Int, body: String) {
            (200, #"{"data":{"revision":\#(revision),"values":{"level":"\#(level)"},"static":["level"]}}"#)
        }
        let event =
            "id: 2\nevent: change\ndata: {\"revision\":2,\"keys\":[\"level\"],\"restart_needed\":true,\"time\":\"T\"}\n\n"
        let run = await Transcript.run(
            "config", "watch", "shop", "-limit=2",
            answers: [
                "GET \(Self.config)/effective/shop": [values(1, "a"), values(2, "b"), (503, ""), values(3, "c")],
                "GET \(Self.config)/watch/shop": [(200, event), (200, "")],
            ])
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.first == "T revision 2: level (restart needed)")
        #expect(lines.last?.hasSuffix(" revision 3: level (restart needed)") == true)
        #expect(lines.count == 2)
        #expect(run.requests.first { $0.url.hasSuffix("/watch/shop") }?.header("Last-Event-ID") == "1")
        #expect(run.error.contains("the last known values of revision 2 stand\n"))
        #expect(run.error.contains("The server is back"))
    }

    @Test func watchingEndsWhenTheServerRefuses() async {
        let run = await Transcript.run(
            "config", "watch", "shop", answers: ["GET \(Self.config)/effective/shop": [(403, #"{"errors":["no"]}"#)]])
        #expect(run.status == 2)
    }

    @Test func changeSetsAreProposedFromWords() async {
        let answer = (
            status: 200,
            body: #"{"data":{"id":"c1","state":"proposed","message":"sale","diff":[{"kind":"config","path":"p","#
                + #""changes":[{"path":"value","from":1,"to":2}]}],"problems":[],"approvals_needed":1}}"#
        )
        let run = await Transcript.run(
            "changeset", "propose", "-m", "sale", "config:global/x=2", "policy:shop=path {}",
            "-delete=key:old", "-to-version=state:prod/shop@3", "-patch=flag:shop={\"owner\":\"ana\"}",
            answers: ["POST http://vault.test/v1/pulse/changesets": [answer]])
        #expect(run.status == 0)
        #expect(
            run.output == """
                Change set c1: proposed, 1 approval is missing
                sale

                config p
                  value
                    - 1
                    + 2

                """)
        #expect(
            run.requests.last?.body == #"{"items":[{"kind":"config","path":"global/x","op":"put","body":{"value":2}},"#
                + #"{"kind":"policy","path":"shop","op":"put","body":{"policy":"path {}"}},"#
                + #"{"kind":"flag","path":"shop","op":"patch","body":{"owner":"ana"}},"#
                + #"{"kind":"key","path":"old","op":"delete"},"#
                + #"{"kind":"state","path":"prod/shop","op":"rollback","body":{"version":3}}],"message":"sale"}"#)
    }

    @Test(arguments: ["x=1", "thing:x=1", "config:=1", "flag:x=1", "secret:s/a=text", "config:x"])
    func whatIsNoItemIsRefused(word: String) async {
        let run = await Transcript.run("changeset", "propose", "-m", "x", word)
        #expect(run.status == 1)
        #expect(run.requests.isEmpty)
        #expect(!run.error.contains("text"))
    }

    @Test func previewsWithProblemsFail() async {
        let body = #"{"data":{"id":"c1","state":"proposed","diff":[],"problems":["global/x: too large"]}}"#
        let run = await Transcript.run(
            "changeset", "preview", "c1", answers: ["GET http://vault.test/v1/pulse/changesets/c1": [(200, body)]])
        #expect(run.status == 2)
        #expect(run.output.hasSuffix("Problems:\n  global/x: too large\n"))
    }
}
