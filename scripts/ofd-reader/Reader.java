import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.Paths;
import javax.imageio.ImageIO;
import org.ofdrw.converter.ImageMaker;
import org.ofdrw.reader.ContentExtractor;
import org.ofdrw.reader.OFDReader;
import org.ofdrw.sign.verify.OFDValidator;
import org.ofdrw.sign.verify.container.SESV4ValidateContainer;

/**
 * Prints the text of an OFD file, a page a line; draws its pages when a second
 * argument says how the names of the PNG files begin; checks its seal.
 */
public class Reader {
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path file = Paths.get(args[0]);
    boolean signed;
    try (OFDReader reader = new OFDReader(file)) {
      ContentExtractor text = new ContentExtractor(reader);
      for (int page = 1; page <= reader.getNumberOfPages(); page++) {
        out.println(String.join("", text.getPageContent(page)));
      }
      ImageMaker maker = new ImageMaker(reader, 6); // dots for a millimetre
      for (int page = 0; page < maker.pageSize(); page++) {
        var picture = maker.makePage(page);
        if (args.length > 1) {
          ImageIO.write(picture, "PNG", new File(args[1] + "-" + (page + 1) + ".png"));
        }
      }
      signed = reader.getDefaultSignatures() != null;
    }
    if (!signed) {
      return;
    }
    try (OFDReader reader = new OFDReader(file); OFDValidator validator = new OFDValidator(reader)) {
      validator.setValidator(new SESV4ValidateContainer());
      validator.exeValidate();
      out.println("seal verified");
    }
  }
}
