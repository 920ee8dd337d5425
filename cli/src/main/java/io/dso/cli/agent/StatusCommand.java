package io.dso.cli.agent;

import com.google.gson.stream.JsonWriter;
import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import io.dso.control.v1.BundleStatus;
import io.dso.control.v1.GetStatusRequest;
import io.dso.control.v1.GetStatusResponse;
import io.dso.control.v1.MountStatus;
import io.dso.control.v1.ProviderStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows bundles, containers, providers. */
@Command(
        description = {
            "Show bundles, the version that each container has, and providers.",
            "In a pipe each line starts with bundle, container or provider."
        })
final class StatusCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Dso dso;

    @Parameters(paramLabel = "BUNDLE", arity = "0..1", defaultValue = "", description = "Only this one. Default: all.")
    private String bundle = "";

    StatusCommand(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var request = GetStatusRequest.newBuilder().setBundle(bundle).build();
        var status = new Agent(dso.socket()).ask(PATIENCE, agent -> agent.getStatus(request));
        dso.screen().show(out -> write(status, out), bundles(status), containers(status), providers(status));
        return Exit.OK;
    }

    private static Table bundles(GetStatusResponse status) {
        var table = new Table("BUNDLE", "VERSION", "CONTAINERS", "CHECKED", "STATE").tagged("bundle");
        for (var bundle : status.getBundlesList()) {
            table.row(
                    Cell.of(bundle.getName()),
                    AgentCommands.version(bundle.getVersion()),
                    Cell.of(bundle.getMountsCount()),
                    bundle.hasChecked() ? Cell.of(AgentCommands.instant(bundle.getChecked())) : Cell.of(""),
                    Cell.of(shown(bundle)));
        }
        return table;
    }

    private static String shown(BundleStatus bundle) {
        var paused = bundle.getPaused();
        return state(bundle)
                + (bundle.hasPaused()
                        ? "; %s by %s".formatted(paused.getAll() ? "all paused" : "paused", paused.getBy())
                        : "");
    }

    /** A reason says more than the state it explains, except that it must be plain that the stores can't be asked. */
    private static String state(BundleStatus bundle) {
        var state = AgentCommands.lower(bundle.getState());
        if (bundle.getReason().isEmpty()) {
            return state;
        }
        return bundle.getState() == BundleStatus.State.STATE_DEGRADED
                ? bundle.getReason()
                : state + ": " + bundle.getReason();
    }

    private static Table containers(GetStatusResponse status) {
        var table = new Table("CONTAINER", "BUNDLE", "VERSION", "STATE").tagged("container");
        for (var bundle : status.getBundlesList()) {
            for (var mount : bundle.getMountsList()) {
                table.row(
                        Cell.of(mount.getContainerName()),
                        Cell.of(bundle.getName()),
                        AgentCommands.version(mount.getVersion()),
                        Cell.of(state(bundle, mount) + remarks(mount)));
            }
        }
        return table;
    }

    private static String remarks(MountStatus mount) {
        var restarted = mount.getWhy().isEmpty() ? "" : "; restarted by auto: " + mount.getWhy();
        return mount.getLabels().isEmpty() ? restarted : restarted + "; " + mount.getLabels();
    }

    private static String state(BundleStatus bundle, MountStatus mount) {
        if (mount.getBadVersion() != 0) {
            return mount.getBadVersion() + " taken back: " + mount.getReason();
        }
        if (bundle.hasHold() && mount.getVersion() == bundle.getHold().getVersion()) {
            return "held";
        }
        return mount.getVersion() == bundle.getVersion() ? "current" : "behind";
    }

    private static Table providers(GetStatusResponse status) {
        var table = new Table("PROVIDER", "KIND", "SINCE", "STATE").tagged("provider");
        for (var provider : status.getProvidersList()) {
            var state = AgentCommands.lower(provider.getState());
            table.row(
                    Cell.of(provider.getName()),
                    Cell.of(provider.getKind()),
                    Cell.of(AgentCommands.instant(provider.getSince())),
                    Cell.of(provider.getReason().isEmpty() ? state : state + ": " + provider.getReason()));
        }
        return table;
    }

    private static void write(GetStatusResponse status, JsonWriter out) throws IOException {
        out.beginObject().name("bundles").beginArray();
        for (var bundle : status.getBundlesList()) {
            write(bundle, out);
        }
        out.endArray().name("providers").beginArray();
        for (var provider : status.getProvidersList()) {
            write(provider, out);
        }
        out.endArray().endObject();
    }

    private static void write(BundleStatus bundle, JsonWriter out) throws IOException {
        out.beginObject();
        out.name("name").value(bundle.getName());
        out.name("version").value(bundle.getVersion());
        if (bundle.hasChecked()) {
            out.name("checked").value(AgentCommands.instant(bundle.getChecked()).toString());
        }
        out.name("state").value(AgentCommands.lower(bundle.getState()));
        out.name("reason").value(bundle.getReason());
        if (bundle.hasPaused()) {
            var paused = bundle.getPaused();
            out.name("paused").beginObject();
            out.name("since").value(AgentCommands.instant(paused.getSince()).toString());
            out.name("by").value(paused.getBy());
            out.name("all").value(paused.getAll());
            out.endObject();
        }
        if (bundle.hasHold()) {
            var hold = bundle.getHold();
            out.name("hold").beginObject();
            out.name("version").value(hold.getVersion());
            out.name("insteadOf").value(hold.getInsteadOf());
            out.name("reason").value(hold.getReason());
            out.endObject();
        }
        out.name("mounts").beginArray();
        for (var mount : bundle.getMountsList()) {
            out.beginObject();
            out.name("containerId").value(mount.getContainerId());
            out.name("containerName").value(mount.getContainerName());
            out.name("volume").value(mount.getVolume());
            out.name("version").value(mount.getVersion());
            out.name("badVersion").value(mount.getBadVersion());
            out.name("reason").value(mount.getReason());
            out.name("strategy").value(mount.getStrategy());
            out.name("labels").value(mount.getLabels());
            out.name("why").value(mount.getWhy());
            out.endObject();
        }
        out.endArray().endObject();
    }

    private static void write(ProviderStatus provider, JsonWriter out) throws IOException {
        out.beginObject();
        out.name("name").value(provider.getName());
        out.name("kind").value(provider.getKind());
        out.name("state").value(AgentCommands.lower(provider.getState()));
        out.name("since").value(AgentCommands.instant(provider.getSince()).toString());
        out.name("reason").value(provider.getReason());
        out.endObject();
    }
}
