package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Containers of many kinds are replaced: what the engine says of each is the same before and after, but for who it is. */
class CorpusTest extends OwnEngine {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    /** What is a container's own, or tells what happened to it. */
    private static final List<String> OWN = List.of(
            "/Id",
            "/Created",
            "/State",
            "/ExecIDs", // of the health check that runs while one looks
            "/ResolvConfPath",
            "/HostnamePath",
            "/HostsPath",
            "/LogPath",
            "/GraphDriver",
            "/Storage",
            "/NetworkSettings/SandboxID",
            "/NetworkSettings/SandboxKey",
            "/NetworkSettings/EndpointID",
            "/NetworkSettings/IPAddress",
            "/NetworkSettings/MacAddress",
            "/Config/Labels/dso.replaces");

    private static final List<String> OWN_IN_NETWORK =
            List.of("EndpointID", "IPAddress", "MacAddress", "GlobalIPv6Address");

    private final String network = agent.driver() + "-net";
    private final String second = agent.driver() + "-net2";

    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure("""
                corpus:
                  secrets: [ db ]
                  reload: { strategy: rolling, settle: 100ms, max-parallel: 6 }
                  %1$s
                """.formatted(ALLOW_ALL));
        docker("network", "create", network).succeeded();
        docker("network", "create", second).succeeded();
        agent.start();
    }

    @AfterAll
    void removeNetworks() {
        removeContainers();
        docker("network", "rm", network, second);
    }

    private static Map<String, List<String>> corpus(String network) {
        Map<String, List<String>> corpus = new LinkedHashMap<>();
        corpus.put("plain", List.of());
        corpus.put("environment", List.of("--env=A=b c", "--env=EMPTY=", "--env=PATH=/bin:/sbin"));
        corpus.put("labels", List.of("--label=a=b", "--label=empty=", "--label=x.y/z=1 2"));
        corpus.put("user", List.of("--user=1000:1000", "--group-add=27"));
        corpus.put("directory", List.of("--workdir=/tmp"));
        corpus.put("entrypoint", List.of("--entrypoint=/probe"));
        corpus.put("memory", List.of("--memory=64m", "--memory-reservation=32m", "--shm-size=8m"));
        corpus.put("cpu", List.of("--cpus=0.5", "--cpu-shares=512", "--cpuset-cpus=0"));
        corpus.put("limits", List.of("--ulimit=nofile=100:200", "--pids-limit=50"));
        corpus.put("restart", List.of("--restart=unless-stopped"));
        corpus.put("retries", List.of("--restart=on-failure:3"));
        corpus.put("stop", List.of("--stop-signal=SIGUSR1", "--stop-timeout=3"));
        corpus.put("init", List.of("--init"));
        corpus.put("read-only", List.of("--read-only", "--tmpfs=/tmp:size=1m,mode=1777"));
        corpus.put("capabilities", List.of("--cap-drop=ALL", "--cap-add=NET_BIND_SERVICE"));
        corpus.put("security", List.of("--security-opt=no-new-privileges"));
        corpus.put("sysctl", List.of("--sysctl=net.ipv4.ip_unprivileged_port_start=0"));
        corpus.put("hosts", List.of("--add-host=other:10.9.8.7", "--dns=10.9.8.6", "--dns-search=example.org"));
        corpus.put("hostname", List.of("--hostname=chosen", "--domainname=example.org"));
        corpus.put("log", List.of("--log-driver=json-file", "--log-opt=max-size=1m", "--log-opt=max-file=2"));
        corpus.put("no-log", List.of("--log-driver=none"));
        corpus.put(
                "health",
                List.of("--health-cmd=true", "--health-interval=300ms", "--health-retries=2", "--health-timeout=2s"));
        corpus.put("no-health", List.of("--no-healthcheck"));
        corpus.put("anonymous", List.of("--volume=/anonymous", "--mount=type=volume,dst=/too"));
        corpus.put("named", List.of("--volume=" + network + "-named:/named:ro", "--volume=/usr/share:/share:ro"));
        corpus.put("tmpfs", List.of("--mount=type=tmpfs,dst=/ram,tmpfs-size=1048576"));
        corpus.put("network", List.of("--network=" + network, "--network-alias=api", "--network-alias=web"));
        corpus.put("no-network", List.of("--network=none"));
        corpus.put("process", List.of("--pid=host", "--ipc=private", "--oom-score-adj=100"));
        corpus.put("device", List.of("--device=/dev/null:/dev/nothing:r"));
        corpus.put("terminal", List.of("--tty", "--interactive"));
        return corpus;
    }

    @Test
    void only_who_it_is_differs_after_a_replacement() {
        Map<String, Map<String, String>> before = new LinkedHashMap<>();
        corpus(network).forEach((kind, options) -> {
            var line = new ArrayList<>(options);
            line.add("--name=" + name(kind));
            line.add(bundle("corpus"));
            line.addAll(List.of(BUSYBOX, "/probe"));
            if (kind.equals("entrypoint")) {
                line.removeLast();
            }
            start(line.toArray(String[]::new));
            if (kind.equals("network")) {
                docker("network", "connect", "--alias=db", second, name(kind)).succeeded();
            }
            before.put(kind, facts(kind));
        });
        assertThat(before).hasSize(31); // as docs/reliability.md says

        agent.secret("db", "second");
        Await.until(
                "all are replaced",
                LIMIT,
                () -> before.keySet().stream()
                        .allMatch(kind ->
                                inspect(kind).path("Config").path("Labels").has("dso.replaces")));
        Await.value("none is left over", LIMIT, () -> containers().size(), count -> count == before.size());

        before.forEach((kind, facts) -> assertThat(facts(kind)).as(kind).isEqualTo(facts));
    }

    private String name(String kind) {
        return agent.driver() + "-" + kind;
    }

    private JsonNode inspect(String kind) {
        return Agent.parse(engine.get("/containers/" + name(kind) + "/json"));
    }

    /** All that the engine says of a container, by JSON pointer. */
    private Map<String, String> facts(String kind) {
        var seen = inspect(kind);
        Map<String, String> facts = new TreeMap<>();
        flatten("", seen, facts);
        var shortId = seen.path("Id").asText().substring(0, 12);
        facts.keySet()
                .removeIf(path -> OWN.stream().anyMatch(path::startsWith)
                        || path.startsWith("/HostConfig/Mounts") // checked by what is mounted
                        || path.startsWith("/NetworkSettings/Networks/")
                                && (OWN_IN_NETWORK.stream().anyMatch(path::endsWith) || path.contains("/DNSNames/"))
                        || path.startsWith("/Mounts/") && (path.contains("/s/") || path.endsWith("/Mode")));
        facts.values().removeIf(shortId::equals); // as host name and alias
        return facts;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> facts) {
        if (path.equals("/Mounts")) { // in no order
            node.forEach(mount -> flatten("/Mounts/" + mount.path("Destination").asText() + "/", mount, facts));
        } else if (path.endsWith("/Aliases")) {
            StreamSupport.stream(node.spliterator(), false)
                    .map(JsonNode::asText)
                    .sorted()
                    .forEach(alias -> facts.put(path + "/" + alias, alias));
        } else if (node.isObject()) {
            node.properties().forEach(entry -> flatten(path + "/" + entry.getKey(), entry.getValue(), facts));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(path + "/" + i, node.get(i), facts);
            }
        } else if (!node.isNull() && !node.asText().isEmpty()) {
            facts.put(path, node.asText());
        }
    }
}
