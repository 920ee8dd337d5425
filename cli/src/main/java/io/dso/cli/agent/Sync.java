package io.dso.cli.agent;

import com.google.gson.stream.JsonWriter;
import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.control.v1.RotationResult;
import io.dso.control.v1.SyncRequest;
import io.dso.control.v1.SyncResponse;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks and rotates now. */
@Command(
        description = {
            "Compare versions now, rotate what has to be, and show what was done.",
            "Exit code 1 if a container was taken back to its old version."
        })
final class Sync implements Callable<Integer> {
    private final Dso dso;

    @Parameters(paramLabel = "BUNDLE", arity = "0..1", defaultValue = "", description = "Only this one. Default: all.")
    private String bundle = "";

    @Mixin
    private Timeout timeout = new Timeout();

    Sync(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var request = SyncRequest.newBuilder().setBundle(bundle).build();
        var done = new Agent(dso.socket()).ask(timeout.duration(), agent -> agent.sync(request));
        dso.screen().show(out -> write(done, out), Rotations.table(done.getRotationsList()));
        boolean takenBack = done.getRotationsList().stream().anyMatch(RotationResult::getRolledBack);
        return takenBack ? Exit.FAILED : Exit.OK;
    }

    private static void write(SyncResponse done, JsonWriter out) throws IOException {
        out.beginObject().name("rotations");
        Rotations.write(done.getRotationsList(), out);
        out.endObject();
    }
}
