; The set-up for a person at home: for this person only, no administrator, three clicks. /S asks nothing.
;
; installers.py calls makensis with VERSION, NUMBERS, SIZE_KB, ICON, OUT and with WORK, where files.nsh lists the files.
; Exit status with /S: 0 done; 2 stopped: the program runs, or Windows is too old.

Unicode true
SetCompressor /SOLID lzma
SetDateSave off
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS Win10
RequestExecutionLevel user

!include "MUI2.nsh"
!include "WinVer.nsh"
!include "x64.nsh"
!include "FileFunc.nsh"

!define NAME "Video Visit Readiness"
!define MAKER "Video Visit Readiness project"
!define LISTED "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
; A newer version goes where the older one is.
InstallDirRegKey HKCU "${LISTED}" "InstallLocation"
BrandingText " "
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "CompanyName" "${MAKER}"
VIAddVersionKey "FileDescription" "${NAME} Setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEPAGE_TEXT "$(WELCOME)"
!define MUI_FINISHPAGE_RUN "$INSTDIR\readiness-window.exe"
!define MUI_FINISHPAGE_NOREBOOTSUPPORT
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES

; The uninstaller is made while the set-up is: it is signed before it goes in.
!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

; The first language is for everybody whose Windows speaks neither.
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "SpanishInternational"

!macro SPANISH NAME SENTENCE
  LangString ${NAME} ${LANG_SPANISH} "${SENTENCE}"
  LangString ${NAME} ${LANG_SPANISHINTERNATIONAL} "${SENTENCE}"
!macroend
LangString WELCOME ${LANG_ENGLISH} "This puts ${NAME} on this computer, for you only.$\r$\n$\r$\nPress Install."
!insertmacro SPANISH WELCOME "Esto pone ${NAME} en esta computadora, solo para usted.$\r$\n$\r$\nPresione Instalar."
LangString RUNS ${LANG_ENGLISH} "${NAME} is open. Please close it, then press Retry."
!insertmacro SPANISH RUNS "${NAME} está abierto. Ciérrelo y presione Reintentar."
LangString TOO_OLD ${LANG_ENGLISH} "${NAME} needs Windows 10 or newer, 64-bit."
!insertmacro SPANISH TOO_OLD "${NAME} necesita Windows 10 o más nuevo, de 64 bits."
LangString PROGRAM ${LANG_ENGLISH} "The program"
!insertmacro SPANISH PROGRAM "El programa"
LangString SETTINGS ${LANG_ENGLISH} "My settings and results, too"
!insertmacro SPANISH SETTINGS "También mis ajustes y resultados"

; A program that runs cannot be opened for writing: nothing else needs to be asked, and no name is guessed.
!macro REFUSE_WHILE_RUNNING FILE
  again_${FILE}:
  IfFileExists "$INSTDIR\${FILE}" 0 free_${FILE}
  ClearErrors
  FileOpen $0 "$INSTDIR\${FILE}" a
  IfErrors 0 closed_${FILE}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNS)" /SD IDCANCEL IDRETRY again_${FILE}
    SetErrorLevel 2
    Quit
  closed_${FILE}:
  FileClose $0
  free_${FILE}:
!macroend

; Only what we put there: INSTDIR may be a folder that a person chose with /D=.
!macro REMOVE_PROGRAM
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\readiness.exe"
  Delete "$INSTDIR\readiness-window.exe"
!macroend

Function .onInit
  ${IfNot} ${AtLeastWin10}
  ${OrIfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "$(TOO_OLD)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  !insertmacro REFUSE_WHILE_RUNNING "readiness.exe"
  !insertmacro REFUSE_WHILE_RUNNING "readiness-window.exe"
FunctionEnd

Section "-program"
  ; What an older version had and this one has not must not be found by it.
  !insertmacro REMOVE_PROGRAM
  !include "${WORK}/files.nsh"
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\readiness-window.exe"
  WriteRegStr HKCU "${LISTED}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${LISTED}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${LISTED}" "Publisher" "${MAKER}"
  WriteRegStr HKCU "${LISTED}" "DisplayIcon" "$INSTDIR\readiness-window.exe"
  WriteRegStr HKCU "${LISTED}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${LISTED}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${LISTED}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${LISTED}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${LISTED}" "NoModify" 1
  WriteRegDWORD HKCU "${LISTED}" "NoRepair" 1
SectionEnd

Section "un.$(PROGRAM)"
  SectionIn RO
  ; A reminder that a person planned lies in the Task Scheduler, and would look for us in vain.
  nsExec::Exec /TIMEOUT=30000 '"$INSTDIR\readiness.exe" remind --off'
  Pop $0
  !insertmacro REMOVE_PROGRAM
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey HKCU "${LISTED}"
SectionEnd

; Off unless it is asked for, here or with /SETTINGS: who installs again finds them as they were.
Section /o "un.$(SETTINGS)" settings
  RMDir /r "$LOCALAPPDATA\readiness"
  RMDir /r "$APPDATA\readiness"
SectionEnd

Function un.onInit
  !insertmacro REFUSE_WHILE_RUNNING "readiness.exe"
  !insertmacro REFUSE_WHILE_RUNNING "readiness-window.exe"
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/SETTINGS" $1
  IfErrors +2
    !insertmacro SelectSection ${settings}
FunctionEnd
