package io.dso.cli.agent;

import com.google.gson.stream.JsonWriter;
import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.control.v1.RotateResponse;
import io.dso.control.v1.RotationResult;
import java.io.IOException;

/** What came of an order to bring a bundle to a version. */
final class Ordered {
    private Ordered() {}

    /**
     * Shows it.
     *
     * @param dry whether it only says what would be done
     * @return the exit code
     */
    static int show(RotateResponse ordered, String bundle, boolean dry, Dso dso) {
        dso.screen()
                .show(
                        out -> write(ordered, dry, out),
                        dry ? Steps.table(ordered.getStepsList()) : Rotations.table(ordered.getRotationsList()));
        if (ordered.getStepsCount() == 0 && ordered.getRotationsCount() == 0) {
            AgentCommands.say(
                    dso, "nothing to rotate: every container of %s has %d".formatted(bundle, ordered.getVersion()));
        }
        return dry ? Steps.exit(ordered.getStepsList()) : exit(ordered);
    }

    private static int exit(RotateResponse ordered) {
        var rotations = ordered.getRotationsList();
        if (rotations.stream().anyMatch(RotationResult::getRolledBack)) {
            return Exit.FAILED;
        }
        return rotations.stream().anyMatch(RotationResult::getPostponed) ? Exit.TRY_AGAIN : Exit.OK;
    }

    private static void write(RotateResponse ordered, boolean dry, JsonWriter out) throws IOException {
        out.beginObject().name("version").value(ordered.getVersion());
        if (dry) {
            out.name("steps");
            Steps.write(ordered.getStepsList(), out);
        } else {
            out.name("rotations");
            Rotations.write(ordered.getRotationsList(), out);
        }
        out.endObject();
    }
}
