' Windows' slmgr.vbs runs under cscript, which the stand-in has not: cscript refuses loudly.
