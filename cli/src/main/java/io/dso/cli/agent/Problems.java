package io.dso.cli.agent;

import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.output.Format;
import io.dso.control.v1.Problem;
import java.util.List;

/** Mistakes of a configuration: all of them for people on standard error, or as JSON on standard output. */
final class Problems {
    private Problems() {}

    /**
     * @param good what to tell a person when there are none
     * @return the exit code
     */
    static int tell(List<Problem> problems, Dso dso, String good) {
        var screen = dso.screen();
        if (screen.format() == Format.JSON) {
            screen.show(out -> {
                out.beginObject().name("problems").beginArray();
                for (var problem : problems) {
                    out.beginObject();
                    out.name("id").value(problem.getId());
                    out.name("what").value(problem.getWhat());
                    out.name("where").value(problem.getWhere());
                    out.name("fix").value(problem.getFix());
                    out.endObject();
                }
                out.endArray().endObject();
            });
        } else {
            var err = dso.surroundings().err();
            for (var problem : problems) {
                var id = problem.getId().isEmpty() ? "" : " [" + problem.getId() + "]";
                err.print(new Failure(Exit.BAD_DATA, problem.getWhat() + id, problem.getWhere(), problem.getFix())
                        .text());
            }
            if (problems.isEmpty() && screen.format() == Format.TABLE) {
                err.println(good);
            }
        }
        return problems.isEmpty() ? Exit.OK : Exit.BAD_DATA;
    }
}
